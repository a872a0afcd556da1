import zlib from 'node:zlib';
import fc from 'fast-check';
import { deflateSync, gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { inflate, inflateByFflate, inflateByNode } from './inflate.js';
import type { NodeZlib } from './node-zlib.js';
import { readBothWays } from './test-support/both-ways.js';

const place = { where: 'file>a.npy', offset: 40 };
const native = zlib as unknown as NodeZlib;
const DAMAGED = expect.objectContaining({ code: 'zip-invalid' });

/** Bytes that deflate can shorten, but not much. */
const plainOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * i) >> 7);
const joined = (...parts: Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
/** Byte by byte, and no Buffer, whose `slice` is no copy; faster than `toStrictEqual`. */
function expectBytes(received: Uint8Array | undefined, expected: Uint8Array): void {
  expect(received?.constructor).toBe(Uint8Array);
  expect(Buffer.compare(received!, expected)).toBe(0);
}
/** Both ways in one; what they do not agree on fails. */
const inflated = (packed: Uint8Array, size: number): Uint8Array =>
  readBothWays(() => inflate(packed, size, place));

describe('sound data', () => {
  it.each([0, 1, 63, 64, 65, 4000, 65_535, 65_536, 100_001])('of %i bytes, by either way', (size) => {
    const plain = plainOf(size);
    const packed = deflateSync(plain);
    expectBytes(inflateByNode(native, packed, size), plain);
    expectBytes(inflateByFflate(packed, size, place), plain);
  });

  it('inside a larger buffer, in blocks of every kind', () => {
    const plain = plainOf(5003);
    for (const options of [{ level: 0 }, { level: 9 }, { strategy: zlib.constants.Z_FIXED }]) {
      const packed = joined(Uint8Array.of(1, 2, 3), zlib.deflateRawSync(plain, options));
      expectBytes(inflated(packed.subarray(3), plain.length), plain);
    }
  });

  it('is no view of memory that Node shares', () => {
    const small = inflateByNode(native, deflateSync(plainOf(100)), 100)!;
    expect(small.buffer.byteLength).toBe(100);
  });
});

describe('memory', () => {
  /** A zlib that notes how much it may put out. */
  function noted(limits: number[]): NodeZlib {
    return {
      inflateRawSync(packed, options) {
        limits.push(options.chunkSize, options.maxOutputLength);
        return native.inflateRawSync(packed, options);
      },
    };
  }

  it('is asked for once, a byte more than declared', () => {
    const limits: number[] = [];
    expect(inflateByNode(noted(limits), deflateSync(plainOf(5000)), 5000)).toHaveLength(5000);
    expect(limits).toEqual([5001, 5000]);
  });

  it('is not filled by data that yields more', () => {
    const bomb = deflateSync(new Uint8Array(5e7), { level: 9 });
    const before = process.memoryUsage().arrayBuffers;
    expect(inflateByNode(native, bomb, 1000)).toBeUndefined();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1e6);
    expect(() => inflated(bomb, 1e6)).toThrow(/not as long as the directory says.*1000000 bytes.*or more/);
  });

  it('is not taken for sizes that deflate cannot hold', () => {
    expect(() => inflated(deflateSync(plainOf(10)), 2 ** 40)).toThrow(/declared size is impossible/);
    expect(() => inflated(new Uint8Array(0), 1)).toThrow(/declared size is impossible/);
  });
});

describe('damage', () => {
  const plain = plainOf(300);
  const packed = deflateSync(plain);

  it('cut off anywhere', () => {
    const wrongEnd = /does not end where the directory says.*\(zip-invalid\)/;
    for (let length = 1; length < packed.length; length++) {
      expect(() => inflated(packed.subarray(0, length), 300)).toThrow(wrongEnd);
    }
    expect(() => inflated(new Uint8Array(0), 0)).toThrow(wrongEnd);
  });

  it('other bytes behind it, also such as the way through gzip might take for its own', () => {
    const gzip = gzipSync(plain);
    for (const tail of [Uint8Array.of(0), new Uint8Array(8), new Uint8Array(18), plain, gzip]) {
      expect(() => inflated(joined(packed, tail), 300)).toThrow(/does not end where the directory says/);
    }
    expect(() => inflated(joined(packed, new Uint8Array(8), gzip), 300)).toThrow(/does not end where/);
  });

  it('so many other bytes that reading them all would take long', () => {
    const endless = new Uint8Array(packed.length + 5e7);
    endless.set(packed);
    const started = performance.now();
    expect(() => inflated(endless, 300)).toThrow(/does not end where the directory says/);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('more than declared is refused, less is handed out', () => {
    expect(() => inflated(packed, 299)).toThrow(/299 bytes; received 300 or more/);
    expect(inflated(packed, 301)).toStrictEqual(plain);
  });

  it('a distance that reaches back before the first byte', () => {
    // One block of fixed codes: a copy of 3 bytes from 1 back, the end.
    expect(() => inflated(Uint8Array.of(0x03, 0x02, 0x00), 3)).toThrow(/deflated data is damaged/);
  });

  it('what zlib refuses and fflate overlooks is as fflate has it', () => {
    const stored = joined(Uint8Array.of(1, 5, 0, 0, 0), plainOf(5)); // The complement of 5 is not 0.
    expect(inflateByNode(native, stored, 5)).toBeUndefined();
    expect(inflated(stored, 5)).toStrictEqual(plainOf(5));
  });
});

/** Flipped bits near the front, where a block describes itself, and anywhere; a cut; other bytes behind. */
const damage = fc.record({
  flips: fc.array(fc.tuple(fc.oneof(fc.nat({ max: 60 }), fc.nat()), fc.nat({ max: 7 })), { maxLength: 3 }),
  keep: fc.oneof({ weight: 5, arbitrary: fc.constant(Infinity) }, fc.nat({ max: 400 })),
  tail: fc.oneof({ weight: 5, arbitrary: fc.constant(new Uint8Array(0)) }, fc.uint8Array({ maxLength: 30 })),
  more: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -2, max: 2 })),
});
const settings = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.integer({ min: 0, max: 4 }),
  memLevel: fc.integer({ min: 1, max: 9 }),
  windowBits: fc.integer({ min: 9, max: 15 }),
});

it('both ways agree on damaged data of every kind', () => {
  const plains = fc.uint8Array({ max: 40, maxLength: 500, size: 'max' });
  let sound = 0;
  let refused = 0;
  fc.assert(
    fc.property(plains, settings, damage, (plain, options, hurt) => {
      const packed = Uint8Array.from(zlib.deflateRawSync(plain, options));
      for (const [at, bit] of hurt.flips) packed[at % packed.length]! ^= 1 << bit;
      const damaged = joined(packed.subarray(0, hurt.keep), hurt.tail);
      try {
        inflated(damaged, Math.max(0, plain.length + hurt.more));
        sound++;
      } catch (error) {
        expect(error).toEqual(DAMAGED);
        refused++;
      }
    }),
    { numRuns: 2000, seed: 25 },
  );
  expect(Math.min(sound, refused)).toBeGreaterThan(300);
}, 60_000);

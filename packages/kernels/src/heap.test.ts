import { isOstinatoError } from '@ostinato/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Heap } from './heap.js';

describe('Heap', () => {
  test('blocks never overlap, are aligned, and are one again when all are freed', () => {
    const steps = fc.array(fc.record({ size: fc.nat(9000), free: fc.option(fc.nat(), { nil: undefined }) }), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (plan) => {
        const heap = new Heap();
        const live: { start: number; size: number }[] = [];
        for (const { size, free } of plan) {
          if (free !== undefined && live.length > 0) heap.free(live.splice(free % live.length, 1)[0]!.start);
          const start = heap.allocate(size);
          expect(start % 64).toBe(0);
          expect(start + size).toBeLessThanOrEqual(heap.byteLength);
          for (const block of live)
            expect(start + size <= block.start || block.start + block.size <= start).toBe(true);
          live.push({ start, size });
        }
        const peak = heap.byteLength;
        for (const { start } of live) heap.free(start);
        expect(heap.bytesInUse).toBe(0);
        heap.allocate(peak - 1024); // fits only if everything was merged
        expect(heap.byteLength).toBe(peak);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  test('does not grow when a pattern of requests repeats', () => {
    const heap = new Heap();
    const round = (): void => {
      const blocks = [4_096_000, 128, 262_144, 4_096_000, 12].map((size) => heap.allocate(size));
      for (const i of [1, 0, 4, 2, 3]) heap.free(blocks[i]!);
    };
    round();
    const size = heap.byteLength;
    for (let i = 0; i < 100; i++) round();
    expect(heap.byteLength).toBe(size);
  });

  test('views show the same bytes before and after the memory has grown', () => {
    const heap = new Heap();
    const start = heap.allocate(16);
    heap.floats(start, 4).set([1, 2, 3, 4]);
    heap.allocate(1_000_000);
    expect([...heap.floats(start, 4)]).toEqual([1, 2, 3, 4]);
    expect(heap.integers(start, 1)[0]).toBe(0x3f800000);
    expect(heap.bytes(start + 3, 1)[0]).toBe(0x3f);
  });

  test('says what was asked and what is in use when there is no room', () => {
    const heap = new Heap(new WebAssembly.Memory({ initial: 1, maximum: 2 }));
    heap.allocate(50_000);
    expect(() => heap.allocate(2_000_000)).toThrowError(
      /no room for 2\.0 MB.*50048 bytes in use.*\(heap-exhausted\)/,
    );
    expect(heap.allocate(60_000)).toBeGreaterThan(0);
  });

  test('a block that is held stays until all who hold it have freed it', () => {
    const heap = new Heap();
    const start = heap.allocate(8);
    heap.hold(start);
    heap.free(start);
    expect(heap.bytesInUse).toBe(64);
    expect(heap.allocate(8)).not.toBe(start);
    heap.free(start);
    expect(heap.bytesInUse).toBe(64);
    expect(heap.allocate(8)).toBe(start);
    expect(() => heap.hold(start + 64 * 9)).toThrow(/heap-address/);
  });

  test('refuses to free what is not in use', () => {
    const heap = new Heap();
    const start = heap.allocate(8);
    heap.free(start);
    try {
      heap.free(start);
      expect.unreachable();
    } catch (error) {
      expect(isOstinatoError(error, 'heap-address')).toBe(true);
    }
  });

  test.each([-1, -(2 ** 31), Number.NaN])('%d is no size', (size) => {
    const heap = new Heap();
    expect(() => heap.allocate(size)).toThrow(/not a number of bytes.*\(heap-size\)/);
    expect(heap.bytesInUse).toBe(0);
  });
});

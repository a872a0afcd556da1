import { deflateSync, zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { readBothWays } from './test-support/both-ways.js';
import { listZip, unzipMember } from './zip.js';

const LIMIT = 2 ** 24;
const content = Uint8Array.from({ length: 70_001 }, (_, i) => (i * i) >> 7);
const small = new TextEncoder().encode('ostinato');
const deflated = zipSync({ 'a.npy': content, 'b.npy': small });
const stored = zipSync({ 'a.npy': content, 'b.npy': small }, { level: 0 });

/** A copy with bytes changed at the place where a signature stands. */
function patched(zip: Uint8Array, signature: number, at: number, ...bytes: number[]): Uint8Array {
  const copy = zip.slice();
  const view = new DataView(copy.buffer);
  let start = 0;
  while (view.getUint32(start, true) !== signature) start++;
  copy.set(bytes, start + at);
  return copy;
}
const DIRECTORY = 0x02014b50;

function readAll(zip: Uint8Array): Uint8Array[] {
  return readBothWays(() => listZip(zip, 'file').map((member) => unzipMember(zip, member, 'file', LIMIT)));
}

it.each([
  ['deflated', deflated],
  ['stored', stored],
])('reads %s members', (_, zip) => {
  expect(listZip(zip, 'file').map(({ name, size }) => [name, size])).toEqual([
    ['a.npy', 70_001],
    ['b.npy', 8],
  ]);
  expect(readAll(zip)).toEqual([content, small]);
});

it('reads an archive inside a larger buffer, and one with a comment', () => {
  const larger = new Uint8Array(deflated.length + 7);
  larger.set(deflated, 7);
  expect(readAll(larger.subarray(7))).toEqual([content, small]);
  const commented = new Uint8Array(deflated.length + 5);
  commented.set(deflated);
  commented[deflated.length - 2] = 5;
  expect(readAll(commented)).toEqual([content, small]);
});

describe('damage', () => {
  it('at every length of a cut', () => {
    const zip = zipSync({ 'b.npy': small });
    for (let length = 0; length < zip.length; length++) {
      expect(() => readAll(zip.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'zip-invalid' }),
      );
    }
  });

  it('says what was met instead of a zip', () => {
    const page = new TextEncoder().encode('<html>'.padEnd(200));
    expect(() => listZip(page, 'imdb.npz')).toThrow(/not a zip file.*200 bytes that start with 3c 68 74 6d/);
    expect(() => listZip(deflated.subarray(0, 5000), 'imdb.npz')).toThrow(
      /cut off: its directory is missing/,
    );
  });

  it('in the data', () => {
    const at = 40 + 'a.npy'.length;
    const flipped = stored.slice();
    flipped[at]! ^= 1;
    expect(() => readAll(flipped)).toThrow(/CRC-32 does not match.*\(zip-invalid\)/);
  });

  it('in the directory', () => {
    expect(() => readAll(patched(deflated, DIRECTORY, 42, 1))).toThrow(/no member where the directory says/);
    expect(() => readAll(patched(deflated, DIRECTORY, 28, 255, 255))).toThrow(/directory is cut off/);
    expect(() => readAll(patched(deflated, DIRECTORY, 20, 255, 255, 255))).toThrow(/member is cut off/);
  });
});

describe('sizes that lie', () => {
  it('less than there is: stopped as soon as it is passed', () => {
    expect(() => readAll(patched(deflated, DIRECTORY, 24, 16, 0, 0))).toThrow(
      /not as long as the directory says/,
    );
  });

  it('more than there is', () => {
    expect(() => readAll(patched(deflated, DIRECTORY, 24, 0, 0, 2))).toThrow(
      /not as long as the directory says/,
    );
    expect(() => readAll(patched(stored, DIRECTORY, 24, 0, 0, 2))).toThrow(
      /not as long as the directory says/,
    );
  });

  it('more than deflate can hold, before any memory is taken', () => {
    expect(() => readAll(patched(zipSync({ b: small }), DIRECTORY, 24, 0, 0, 250))).toThrow(
      /too large|impossible/,
    );
    const [member] = listZip(patched(zipSync({ b: small }), DIRECTORY, 24, 0, 0, 1), 'f');
    expect(() => unzipMember(zipSync({ b: small }), member!, 'f', 2 ** 31)).toThrow(
      /declared size is impossible/,
    );
  });

  it('a member beyond the limit', () => {
    const zip = zipSync({ big: new Uint8Array(5000) });
    expect(() => unzipMember(zip, listZip(zip, 'f')[0]!, 'f', 4999)).toThrow(
      /at most 4999.*\(zip-too-large\)/,
    );
  });

  it('a bomb of 100 MB that declares 1 MB ends early', () => {
    const bomb = zipSync({ 'x.npy': new Uint8Array(1e8) }, { level: 9 });
    const lying = patched(bomb, DIRECTORY, 24, 0x40, 0x42, 0x0f, 0);
    const started = performance.now();
    expect(() => readAll(lying)).toThrow(/not as long as the directory says/);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

it('refuses what it does not read, by name', () => {
  expect(() => listZip(patched(deflated, DIRECTORY, 8, 1), 'f')).toThrow(
    /'a.npy' is encrypted.*\(zip-unsupported\)/,
  );
  expect(() => listZip(patched(deflated, DIRECTORY, 10, 12), 'f')).toThrow(/packed by method 12/);
  expect(() => listZip(patched(deflated, DIRECTORY, 24, 255, 255, 255, 255), 'f')).toThrow(/zip64/);
});

it('names damaged deflate data with its cause', () => {
  const zip = zipSync({ 'a.npy': content });
  const at = 30 + 'a.npy'.length;
  zip.set(deflateSync(small).fill(0xff), at);
  expect(() => readAll(zip)).toThrow(
    expect.objectContaining({ code: 'zip-invalid', cause: expect.anything() }),
  );
});

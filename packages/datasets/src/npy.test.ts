import { describe, expect, it } from 'vitest';
import { rowCount } from './arrays.js';
import { readNpy } from './npy.js';
import { digestRows, fromBase64, readGolden } from './test-support/golden.js';

interface Golden {
  rows: { name: string; base64: string; rows: number; sha256: string }[];
  numbers: { descr: string; base64: string; values: unknown }[];
  refused: { code: string; name: string; base64: string }[];
}

const golden = readGolden<Golden>('npy-files.json');

it.each(golden.rows)('reads lists of ids: $name', ({ base64, rows, sha256 }) => {
  const array = readNpy(fromBase64(base64));
  if (array.kind !== 'rows') throw new Error(`read as ${array.kind}`);
  expect(array.shape).toEqual([rows]);
  expect(rowCount(array.rows)).toBe(rows);
  expect(digestRows(array.rows)).toBe(sha256);
});

it.each(golden.numbers)('reads numbers: $descr $values', ({ base64, values }) => {
  const array = readNpy(fromBase64(base64));
  if (array.kind !== 'numbers') throw new Error(`read as ${array.kind}`);
  const flat = [values].flat(3) as number[];
  expect(Array.from(array.data as ArrayLike<number | bigint>, Number)).toEqual(flat);
  expect(array.shape.reduce((product, size) => product * size, 1)).toBe(flat.length);
});

it('reads numbers that lie unaligned in a larger buffer', () => {
  const { base64, values } = golden.numbers.find(({ descr }) => descr === '<f8')!;
  const file = fromBase64(base64);
  const larger = new Uint8Array(file.length + 3);
  larger.set(file, 3);
  const array = readNpy(larger.subarray(3));
  expect(Array.from((array as { data: Float64Array }).data)).toEqual((values as number[][]).flat());
});

describe('refuses', () => {
  it.each(golden.refused)('$name', ({ code, base64 }) => {
    expect(() => readNpy(fromBase64(base64), 'x.npy')).toThrow(
      expect.objectContaining({ code, where: 'x.npy' }),
    );
  });

  it('a call into the system, by its name', () => {
    const { base64 } = golden.refused.find(({ name }) => name.includes('os.system'))!;
    expect(() => readNpy(fromBase64(base64))).toThrow(
      /not allowed \(byte \d+\).*received (posix|nt|os)\.system/,
    );
  });

  it('data that is longer or shorter than its shape', () => {
    const file = fromBase64(golden.numbers[0]!.base64);
    expect(() => readNpy(file.subarray(0, -1))).toThrow(
      /Expected 6 bytes for bool\[2, 3\]; received 5.*\(npy-size\)/,
    );
    expect(() => readNpy(Uint8Array.of(...file, 0))).toThrow(expect.objectContaining({ code: 'npy-size' }));
  });

  it('every cut of an object array', () => {
    const { base64 } = golden.rows.find(({ name }) => name === 'protocol 4')!;
    const file = fromBase64(base64);
    for (let length = 0; length < file.length; length += length < 400 ? 1 : 7) {
      expect(() => readNpy(file.subarray(0, length))).toThrow(/\((file-truncated|npy-header|npy-size)\)/);
    }
  });
});

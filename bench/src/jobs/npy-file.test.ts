import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readNpyFile, writeNpyFile } from './npy-file.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-npy-'));
});
afterAll(() => rm(folder, { recursive: true }));

it.each([[[6]], [[2, 3]], [[3, 1, 2]]])('keeps values and shape %j', async (shape) => {
  const [path, values] = [join(folder, 'a.npy'), Float32Array.of(1, -0, 1e-45, 3.5, Number.NaN, 0.1)];
  await writeNpyFile(path, values, shape);
  expect(await readNpyFile(path, shape)).toEqual(values);
});

it('begins as NumPy writes it, with data at a multiple of 64', async () => {
  const path = join(folder, 'b.npy');
  await writeNpyFile(path, new Float32Array(3), [3]);
  const bytes = await readFile(path);
  expect(bytes.subarray(0, 8).toString('latin1')).toBe('\x93NUMPY\x01\x00');
  const headerLength = bytes.readUInt16LE(8);
  expect((10 + headerLength) % 64).toBe(0);
  expect(
    bytes
      .subarray(10, 10 + headerLength)
      .toString()
      .trimEnd(),
  ).toBe("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }");
  expect(bytes.length).toBe(10 + headerLength + 12);
});

it('writes the part of a buffer that the array sees', async () => {
  const path = join(folder, 'c.npy');
  await writeNpyFile(path, Float32Array.of(1, 2, 3, 4).subarray(1, 3), [2]);
  expect([...(await readNpyFile(path, [2]))]).toEqual([2, 3]);
});

it('refuses a file of another shape', async () => {
  const path = join(folder, 'd.npy');
  await writeNpyFile(path, new Float32Array(6), [2, 3]);
  await expect(readNpyFile(path, [3, 2])).rejects.toThrow('float32[2, 3] instead of float32[3, 2]');
});

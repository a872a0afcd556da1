/** float32 arrays as .npy files: how values go to a peer's process and come back. */
import { readFile, writeFile } from 'node:fs/promises';
import { readNpy } from '@ostinato/datasets';

/** Writes values in row order. */
export async function writeNpyFile(
  path: string,
  values: Float32Array,
  shape: readonly number[],
): Promise<void> {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(', ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sizes}), }`;
  const padded = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`; // data begins at a multiple of 64
  const head = Buffer.alloc(10 + padded.length);
  head.write('\x93NUMPY\x01\x00', 'latin1');
  head.writeUInt16LE(padded.length, 8);
  head.write(padded, 10, 'latin1');
  await writeFile(path, [head, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]);
}

/** Reads such a file. Throws Error when it holds another shape or type. */
export async function readNpyFile(path: string, shape: readonly number[]): Promise<Float32Array> {
  const array = readNpy(await readFile(path), path);
  if (
    array.kind === 'numbers' &&
    array.data instanceof Float32Array &&
    String(array.shape) === String(shape)
  ) {
    return array.data;
  }
  throw new Error(
    `${path} holds ${array.dtype}[${array.shape.join(', ')}] instead of float32[${shape.join(', ')}]`,
  );
}

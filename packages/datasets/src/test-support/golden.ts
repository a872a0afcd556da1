/**
 * What the tests share: golden files, the real data where it is, and one digest for rows.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { RaggedRows } from '../arrays.js';

/** Reads a file of `goldens/`, which NumPy and Keras wrote. */
export function readGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../goldens/${name}`, import.meta.url), 'utf8')) as T;
}

export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** SHA-256 of numbers as little-endian 32-bit words, as the golden script takes it. */
export function digest(numbers: Int32Array | Float32Array): string {
  const bytes = new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
  return createHash('sha256').update(bytes).digest('hex');
}

/** The golden script's `digest_rows`: the lengths, then all ids. */
export function digestRows({ data, offsets }: RaggedRows): string {
  const lengths = offsets.slice(1).map((end, i) => end - offsets[i]!);
  const all = new Int32Array(lengths.length + data.length);
  all.set(lengths);
  all.set(data, lengths.length);
  return digest(all);
}

const shared = new URL('../../../../../shared/data/', import.meta.url);

/** Where the real data lies beside the checkout, if it does. */
export function sharedData(name: string): string | undefined {
  const path = fileURLToPath(new URL(name, shared));
  return existsSync(path) ? path : undefined;
}

export const NO_SHARED_DATA = 'needs ../shared/data beside the checkout';

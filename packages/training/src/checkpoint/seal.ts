/**
 * A seal over a whole safetensors file: its length and SHA-256, at fixed places near its beginning.
 *
 * The hash is of all bytes with the hash itself as zeros, so that no bit can change unnoticed: not of the length in front,
 * the header, the numbers, or the seal.
 */
import { OstinatoError } from '@ostinato/core';
import { createSha256 } from '../sha256.js';

/** How a sealed file goes on after the eight bytes of the header's length. */
const OPENING = '{"__metadata__":{"sha256":"';
const HASH = { at: 8 + OPENING.length, size: 64 };
const MIDDLE = '","bytes":"';
const SIZE = { at: HASH.at + HASH.size + MIDDLE.length, size: 15 };
const END = SIZE.at + SIZE.size;

/** What to do about one damaged checkpoint, as long as there are others. */
export const DAMAGED_FIX = 'Go on from an older checkpoint: this one is damaged';

/** The first entries of the metadata of a file that is to be sealed. */
export const OPEN_SEAL = { sha256: '0'.repeat(HASH.size), bytes: '0'.repeat(SIZE.size) } as const;

/** Seals a file whose metadata begin with `OPEN_SEAL`; in place. */
export function seal(file: Uint8Array): Uint8Array {
  put(file, SIZE.at, String(file.length).padStart(SIZE.size, '0'));
  put(file, HASH.at, hashOf(file));
  return file;
}

/** Throws `checkpoint-damaged` when a single bit is not as it was sealed. */
export function checkSeal(file: Uint8Array, where: string): void {
  const opening = text(file, 8, HASH.at);
  const size = text(file, SIZE.at, END);
  if (file.length < END || opening !== OPENING || !/^\d+$/.test(size)) {
    throw damaged(where, 'The file is no training state, or its beginning is damaged');
  }
  if (Number(size) !== file.length) {
    const what = file.length < Number(size) ? 'The file is cut off' : 'The file goes on after its end';
    throw damaged(where, what, `${Number(size)} bytes`, `${file.length}`);
  }
  const expected = text(file, HASH.at, HASH.at + HASH.size);
  const received = hashOf(file);
  if (received !== expected) {
    throw damaged(where, 'The bytes are not those that were written', `SHA-256 ${expected}`, received);
  }
}

/** Of all bytes, the hash itself as zeros. */
function hashOf(file: Uint8Array): string {
  const hash = createSha256();
  hash.update(file.subarray(0, HASH.at));
  hash.update(new TextEncoder().encode(OPEN_SEAL.sha256));
  hash.update(file.subarray(HASH.at + HASH.size));
  return hash.hex();
}

function put(file: Uint8Array, at: number, value: string): void {
  file.set(new TextEncoder().encode(value), at);
}

function text(file: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...file.subarray(from, to));
}

/** The error for a file that is not what was written. */
export function damaged(
  where: string,
  what: string,
  expected?: string,
  received?: string,
  cause?: unknown,
): OstinatoError {
  return new OstinatoError('checkpoint-damaged', {
    where,
    what,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
    fix: DAMAGED_FIX,
    cause,
  });
}

/**
 * The inner loop of the pickle reader: a run of whole numbers. IMDB has 11.7 million of them, all else is thousands.
 */
import type { ByteCursor } from './byte-cursor.js';

export const BININT = 0x4a; // J: four bytes, signed
export const BININT1 = 0x4b; // K: one byte
export const BININT2 = 0x4d; // M: two bytes
export const APPENDS = 0x65; // e

/** Writes the run of numbers at the cursor into `ids` from `at` on; returns where the next one would go. */
export function readNumbers(cursor: ByteCursor, ids: Int32Array, at: number): number {
  const { bytes } = cursor;
  let position = cursor.position;
  let next = at;
  for (;;) {
    const opcode = bytes[position];
    const width = opcode === BININT1 ? 1 : opcode === BININT2 ? 2 : opcode === BININT ? 4 : 0;
    if (width === 0 || position + width >= bytes.length) break;
    let value = bytes[position + 1]!;
    if (width > 1) value |= bytes[position + 2]! << 8;
    if (width > 2) value |= (bytes[position + 3]! << 16) | (bytes[position + 4]! << 24);
    ids[next++] = value;
    position += width + 1;
  }
  cursor.position = position;
  return next;
}

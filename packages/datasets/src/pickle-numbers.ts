/**
 * The inner loop of the pickle reader: a run of whole numbers. IMDB has 11.7 million of them, all else is thousands.
 */
import type { ByteCursor } from './byte-cursor.js';

export const BININT = 0x4a; // J: four bytes, signed
export const BININT1 = 0x4b; // K: one byte
export const BININT2 = 0x4d; // M: two bytes
export const APPENDS = 0x65; // e

/** How many bytes follow each opcode: 0 for those that are no number. */
const WIDTHS = /* @__PURE__ */ widths();
/** What of the next four bytes belongs to a number, by its width. */
const MASKS = /* @__PURE__ */ Int32Array.of(0, 0xff, 0xffff, 0, -1);
const LONGEST = 5;

/**
 * Writes the run of numbers at the cursor into `ids` from `at` on; returns where the next one would go.
 *
 * Looks a width up and reads four bytes for every number: which opcode comes next is as good as random, and a branch on
 * it would be guessed wrong every other time. So it leaves a number in the last bytes, where a pickle has none, to the steps.
 */
export function readNumbers(cursor: ByteCursor, ids: Int32Array, at: number): number {
  const { bytes } = cursor;
  const end = bytes.length - LONGEST;
  let position = cursor.position;
  let next = at;
  while (position <= end) {
    const width = WIDTHS[bytes[position]!]!;
    if (width === 0) break;
    const low = bytes[position + 1]! | (bytes[position + 2]! << 8);
    const high = (bytes[position + 3]! << 16) | (bytes[position + 4]! << 24);
    ids[next++] = (low | high) & MASKS[width]!;
    position += width + 1;
  }
  cursor.position = position;
  return next;
}

function widths(): Uint8Array {
  const table = new Uint8Array(256);
  table[BININT1] = 1;
  table[BININT2] = 2;
  table[BININT] = 4;
  return table;
}

/** Cuts the rows of a table into ranges of about equal work, however unevenly they are met. */

/** Of longer lists, some so many ids are counted: the cut follows the work as well, and looking costs less than it wins. */
const COUNTED_IDS = 1024;
/** An occurrence of a row costs about as much as clearing so many of them. */
const CLEARED_ROWS = 4;

/** A place within a stride: always the first one would be the same step of every sequence, of which many are padding. */
function jitter(i: number, stride: number): number {
  return Math.floor(((Math.imul(i + 1, 0x9e3779b1) >>> 16) * stride) / 65536); // no remainder: divisions would take most of the time
}

/** Counts of the last call; grown when a table is larger. */
let counts = new Uint32Array(0);

/**
 * [0, rows) as at most `pieces` ranges. `ids` lie in [0, rows).
 *
 * A row that is met often, such as that of the padding, may fill a range alone.
 *
 * @example splitRows(Int32Array.of(0, 0, 0, 0, 5), 8, 2) // [[0, 1], [1, 8]]
 */
export function splitRows(
  ids: Int32Array,
  rows: number,
  pieces: number,
): readonly (readonly [number, number])[] {
  if (pieces === 1) return [[0, rows]];
  if (counts.length < rows) counts = new Uint32Array(rows);
  counts.fill(0, 0, rows);
  const stride = Math.max(1, Math.floor(ids.length / COUNTED_IDS));
  for (let i = 0; i + stride <= ids.length; i += stride) counts[ids[i + jitter(i, stride)]!]! += stride;
  const ranges: [number, number][] = [];
  let first = 0;
  let left = rows + CLEARED_ROWS * ids.length;
  let share = left / pieces;
  let work = 0;
  for (let row = 0; row < rows && ranges.length < pieces - 1; row++) {
    work += 1 + CLEARED_ROWS * counts[row]!;
    if (work < share) continue;
    ranges.push([first, row + 1]);
    first = row + 1;
    left -= work; // what a row that fills more than its range leaves is shared by the rest
    share = left / (pieces - ranges.length);
    work = 0;
  }
  if (first < rows) ranges.push([first, rows]);
  return ranges;
}

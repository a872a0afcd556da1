/**
 * Rows of a table by their ids, and the check that every id has a row.
 *
 * Shapes   ids i32[count] · table f32[rows, width] → out f32[count, width]
 */

/** The index of the first id outside [0, rows), or −1. */
export function findInvalidId(ids: usize, count: i32, rows: i32): i32 {
  for (let i = 0; i < count; i++) {
    if (<u32>load<i32>(ids + (<usize>i << 2)) >= <u32>rows) return i; // a negative id is a large unsigned one
  }
  return -1;
}

/** The ids have been checked: this does not look. */
export function embeddingLookup(out: usize, table: usize, ids: usize, count: i32, width: i32): void {
  const rowSize = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  for (let i = 0; i < count; i++) {
    const row = table + <usize>load<i32>(ids + (<usize>i << 2)) * rowSize;
    let offset: usize = 0;
    for (; offset < whole; offset += 16) v128.store(out + offset, v128.load(row + offset));
    for (; offset < rowSize; offset += 4) store<f32>(out + offset, load<f32>(row + offset));
    out += rowSize;
  }
}

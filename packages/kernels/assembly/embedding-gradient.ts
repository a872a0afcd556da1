/**
 * The gradient of an embedding's table: each row the sum of the gradients of its occurrences, in the order of the batch.
 *
 * Done for a range of columns, so that threads share the work evenly however unevenly the ids are spread.
 *
 * Shapes   ids i32[count] · dy f32[count, width] → columns [first, last) of dTable f32[rows, width], written in every row
 */
export function embeddingGradient(
  dTable: usize, dy: usize, ids: usize,
  count: i32, rows: i32, width: i32, first: i32, last: i32,
): void {
  const rowSize = <usize>width << 2;
  const size = <usize>(last - first) << 2;
  const whole = size & ~15;
  dTable += <usize>first << 2;
  dy += <usize>first << 2;
  clearColumns(dTable, rowSize, size, rows);
  for (let i = 0; i < count; i++) {
    const row = dTable + <usize>load<i32>(ids + (<usize>i << 2)) * rowSize;
    let offset: usize = 0;
    for (; offset < whole; offset += 16) {
      v128.store(row + offset, f32x4.add(v128.load(row + offset), v128.load(dy + offset)));
    }
    for (; offset < size; offset += 4) {
      store<f32>(row + offset, load<f32>(row + offset) + load<f32>(dy + offset));
    }
    dy += rowSize;
  }
}

/** Zeros in the first `size` bytes of each row; a call of `memory.fill` for each would take longer than the sums. */
function clearColumns(out: usize, rowSize: usize, size: usize, rows: i32): void {
  if (size == rowSize) return memory.fill(out, 0, <usize>rows * rowSize);
  const whole = size & ~15;
  for (let row = 0; row < rows; row++) {
    let offset: usize = 0;
    for (; offset < whole; offset += 16) v128.store(out + offset, f32x4.splat(0.0));
    for (; offset < size; offset += 4) store<f32>(out + offset, 0.0);
    out += rowSize;
  }
}

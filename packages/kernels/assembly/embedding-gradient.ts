/**
 * The gradient of an embedding's table: each row the sum of the gradients of its occurrences, in the order of the batch.
 *
 * Done for a range of rows, so that threads write to memory of their own: shared by columns, they waited for each other's cache lines.
 *
 * Shapes   ids i32[count] · dy f32[count, width] → rows [first, last) of dTable f32[rows, width]
 */
export function embeddingGradient(
  dTable: usize, dy: usize, ids: usize,
  count: i32, width: i32, first: i32, last: i32,
): void {
  const rowSize = <usize>width << 2;
  const whole = rowSize & ~15;
  const rows = <u32>(last - first);
  dTable += <usize>first * rowSize;
  memory.fill(dTable, 0, <usize>rows * rowSize);
  for (let i = 0; i < count; i++, dy += rowSize) {
    const at = <u32>(load<i32>(ids + (<usize>i << 2)) - first);
    if (at >= rows) continue;
    const row = dTable + <usize>at * rowSize;
    let offset: usize = 0;
    for (; offset < whole; offset += 16) {
      v128.store(row + offset, f32x4.add(v128.load(row + offset), v128.load(dy + offset)));
    }
    for (; offset < rowSize; offset += 4) {
      store<f32>(row + offset, load<f32>(row + offset) + load<f32>(dy + offset));
    }
  }
}

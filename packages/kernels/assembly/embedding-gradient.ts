/**
 * The gradient of an embedding's table: each row the sum of the gradients of its occurrences, in the order of the batch.
 *
 * Shapes   ids i32[count] · dy f32[count, width] → dTable f32[rows, width], every row written
 */
export function embeddingGradient(dTable: usize, dy: usize, ids: usize, count: i32, rows: i32, width: i32): void {
  const rowSize = <usize>width << 2;
  const whole = <usize>(width & ~3) << 2;
  memory.fill(dTable, 0, <usize>rows * rowSize);
  for (let i = 0; i < count; i++) {
    const row = dTable + <usize>load<i32>(ids + (<usize>i << 2)) * rowSize;
    let offset: usize = 0;
    for (; offset < whole; offset += 16) {
      v128.store(row + offset, f32x4.add(v128.load(row + offset), v128.load(dy + offset)));
    }
    for (; offset < rowSize; offset += 4) {
      store<f32>(row + offset, load<f32>(row + offset) + load<f32>(dy + offset));
    }
    dy += rowSize;
  }
}

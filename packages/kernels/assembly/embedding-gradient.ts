/**
 * The gradient of an embedding's table: each row the sum of the gradients of its occurrences, in the order of the batch.
 *
 * Done for a range of rows, so that threads write to memory of their own: shared by columns, they waited for each other's cache lines.
 * Eight ids are looked at together: a branch for each, which a processor cannot foresee, would take as long as the sums.
 *
 * Shapes   ids i32[count], to be read up to a multiple of 8 · dy f32[count, width] → rows [first, last) of dTable f32[rows, width]
 */
export function embeddingGradient(
  dTable: usize, dy: usize, ids: usize,
  count: i32, width: i32, first: i32, last: i32,
): void {
  const rowSize = <usize>width << 2;
  const whole = rowSize & ~15;
  const from = i32x4.splat(first), rows = i32x4.splat(last - first);
  memory.fill(dTable + <usize>first * rowSize, 0, <usize>(last - first) * rowSize);
  for (; count > 0; count -= 8, ids += 32, dy += rowSize << 3) {
    let met = i16x8.bitmask(i16x8.narrow_i32x4_s(within(ids, from, rows), within(ids + 16, from, rows)));
    if (count < 8) met &= (1 << count) - 1;
    for (; met; met &= met - 1) {
      const at = <usize>ctz(met);
      const row = dTable + <usize>load<i32>(ids + (at << 2)) * rowSize, term = dy + at * rowSize;
      let offset: usize = 0;
      for (; offset < whole; offset += 16) {
        v128.store(row + offset, f32x4.add(v128.load(row + offset), v128.load(term + offset)));
      }
      for (; offset < rowSize; offset += 4) {
        store<f32>(row + offset, load<f32>(row + offset) + load<f32>(term + offset));
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function within(ids: usize, first: v128, rows: v128): v128 {
  return i32x4.lt_u(i32x4.sub(v128.load(ids), first), rows);
}

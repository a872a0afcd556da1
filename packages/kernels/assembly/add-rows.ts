/** out += from, row by row, `count` values in each; strides in bytes. */
import { loadFirst } from './load-first';
import { storeFirst } from './store-first';

export function addRows(out: usize, outStride: usize, from: usize, fromStride: usize, count: i32, rows: i32): void {
  const whole = <usize>(count & ~3) << 2;
  const rest = count & 3;
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(from + i)));
    if (rest) {
      const sum = f32x4.add(loadFirst(out + whole, rest), loadFirst(from + whole, rest));
      storeFirst(out + whole, rest, sum, sum);
    }
    out += outStride;
    from += fromStride;
  }
}

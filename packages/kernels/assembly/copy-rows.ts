/** Copies rows of `count` values between two strides (in bytes), without calling out for each short row. */
import { loadFirst } from './load-first';
import { storeFirst } from './store-first';

export function copyRows(out: usize, outStride: usize, from: usize, fromStride: usize, count: i32, rows: i32): void {
  const whole = <usize>(count & ~3) << 2;
  const rest = count & 3;
  for (let r = 0; r < rows; r++) {
    for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, v128.load(from + i));
    if (rest) storeFirst(out + whole, rest, loadFirst(from + whole, rest), f32x4.splat(0.0));
    out += outStride;
    from += fromStride;
  }
}

/** Zeros in `count` values of each row. */
export function clearRows(out: usize, outStride: usize, count: i32, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    memory.fill(out, 0, <usize>count << 2);
    out += outStride;
  }
}

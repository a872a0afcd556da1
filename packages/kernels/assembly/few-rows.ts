/**
 * A few rows times a matrix as it stands: where packing it would take longer than the product.
 *
 * out[r, j] = bias[j] + Σk x[r, k]·w[k, j], the chain of additions of `gemm-rows.ts`: the same bits.
 *
 * Shapes   x f32[rows, inputSize] · w f32[inputSize, units] · bias f32[units] or null → out f32[rows, units]
 */
import { copyRows } from './copy-rows';
import { loadFirst } from './load-first';
import { multiplyAdd } from './multiply-add';
import { storeFirst } from './store-first';

export function fewRows(out: usize, x: usize, w: usize, bias: usize, rows: i32, inputSize: i32, units: i32): void {
  const row = <usize>units << 2;
  if (bias) copyRows(out, row, bias, 0, units, rows);
  else memory.fill(out, 0, rows * row);
  for (let k = 0; k < inputSize; k += 4) {
    const last = min(4, inputSize - k) - 1;
    for (let r = 0; r < rows; r++) addFour(out + r * row, x + (<usize>(r * inputSize + k) << 2), w, row, last);
    w += row << 2;
  }
}

/** out += x[0]·w[0] + … + x[last]·w[last] in that order, for rows of w `row` bytes long. */
function addFour(out: usize, x: usize, w: usize, row: usize, last: i32): void {
  const whole = row & ~15, rest = <i32>((row - whole) >> 2);
  if (last == 3) {
    const x0 = v128.load_splat<f32>(x), x1 = v128.load_splat<f32>(x, 4);
    const x2 = v128.load_splat<f32>(x, 8), x3 = v128.load_splat<f32>(x, 12);
    let w0 = w, w1 = w0 + row, w2 = w1 + row, w3 = w2 + row;
    for (const end = out + whole; out != end; out += 16, w0 += 16, w1 += 16, w2 += 16, w3 += 16) {
      let sum = multiplyAdd(v128.load(out), x0, v128.load(w0));
      sum = multiplyAdd(sum, x1, v128.load(w1));
      sum = multiplyAdd(sum, x2, v128.load(w2));
      v128.store(out, multiplyAdd(sum, x3, v128.load(w3)));
    }
    if (!rest) return;
    out -= whole;
  } else {
    for (let k = 0; k <= last; k++) {
      const factor = v128.load_splat<f32>(x + (<usize>k << 2));
      const from = w + k * row;
      for (let i: usize = 0; i < whole; i += 16) {
        v128.store(out + i, multiplyAdd(v128.load(out + i), factor, v128.load(from + i)));
      }
    }
  }
  if (!rest) return;
  let sum = loadFirst(out + whole, rest);
  for (let k = 0; k <= last; k++) {
    sum = multiplyAdd(sum, v128.load_splat<f32>(x + (<usize>k << 2)), loadFirst(w + k * row + whole, rest));
  }
  storeFirst(out + whole, rest, sum, sum);
}

/**
 * Weights laid out for `gemmRows`: panels of eight columns, each a bias row followed by the rows of one or two
 * matrices that stand on top of each other. Columns beyond the matrix are zeros. Done once per call, not per step.
 *
 * Gates stand side by side in one matrix; each is packed by itself, so that each begins with a panel of its own.
 *
 * Shapes   a f32[aRows, columns] · c f32[cRows, columns], rows `stride` values apart · bias f32[columns] or null
 *          → panels f32[⌈columns/8⌉, 1 + aRows + cRows, 8]
 */
import { loadFirst } from './load-first';

export function packPanels(
  out: usize, bias: usize, a: usize, c: usize,
  aRows: i32, cRows: i32, columns: i32, stride: i32,
): void {
  const rowSize = <usize>stride << 2;
  for (let column = 0; column < columns; column += 8) {
    const width = columns - column;
    const offset = <usize>column << 2;
    if (bias) copyEight(out, bias + offset, width);
    else memory.fill(out, 0, 32);
    out = copyRows(out + 32, a + offset, rowSize, aRows, width);
    out = copyRows(out, c + offset, rowSize, cRows, width);
  }
}

/**
 * The same for a transposed matrix of `gates` blocks of columns, without bias: panel column j of row g·padded + k is
 * in[j, g·columns + k]; the rows from `columns` to `padded` are zeros.
 *
 * Shapes   in f32[rows, gates·columns], rows `stride` values apart → panels f32[⌈rows/8⌉, 1 + gates·padded, 8]
 */
export function packTransposedPanels(
  out: usize, matrix: usize, rows: i32, columns: i32,
  gates: i32, padded: i32, stride: i32,
): void {
  const depth = gates * padded;
  for (let row = 0; row < rows; row += 8) {
    memory.fill(out, 0, <usize>(1 + depth) << 5);
    out += 32;
    const width = min(8, rows - row);
    for (let j = 0; j < width; j++) {
      let from = matrix + (<usize>(row + j) * stride << 2);
      for (let gate = 0; gate < gates; gate++) {
        let to = out + (<usize>(gate * padded * 8 + j) << 2);
        for (let k = 0; k < columns; k++) {
          store<f32>(to, load<f32>(from));
          to += 32;
          from += 4;
        }
      }
    }
    out += <usize>depth << 5;
  }
}

function copyRows(out: usize, from: usize, rowSize: usize, rows: i32, width: i32): usize {
  for (let k = 0; k < rows; k++) {
    copyEight(out, from, width);
    out += 32;
    from += rowSize;
  }
  return out;
}

/** Up to eight values and zeros behind them. */
// @ts-ignore: decorator
@inline
function copyEight(out: usize, from: usize, width: i32): void {
  v128.store(out, loadFirst(from, width));
  v128.store(out, loadFirst(from + 16, width - 4), 16);
}

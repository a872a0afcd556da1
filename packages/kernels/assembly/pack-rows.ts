/**
 * Rows laid out for `addOuterProducts`: tiles of four or panels of eight columns, in each the rows one after another.
 *
 * Shapes   from f32[rows, columns] → tiles f32[⌈columns/4⌉][rows, 4] or panels f32[columns/8][rows, 8], zeros behind the last column
 * Units    strides in bytes
 */
import { loadFirst } from './load-first';

export function packTiles(out: usize, tileStride: usize, from: usize, fromStride: usize, columns: i32, rows: i32): void {
  for (let column = 0; column < columns; column += 4) {
    const width = columns - column;
    let target = out;
    let source = from;
    if (width >= 4) {
      for (let r = 0; r < rows; r++) {
        v128.store(target, v128.load(source));
        target += 16;
        source += fromStride;
      }
    } else {
      for (let r = 0; r < rows; r++) {
        v128.store(target, loadFirst(source, width));
        target += 16;
        source += fromStride;
      }
    }
    out += tileStride;
    from += 16;
  }
}

/** `columns` is a multiple of 8. */
export function packPanelsOfRows(out: usize, panelStride: usize, from: usize, fromStride: usize, columns: i32, rows: i32): void {
  for (let column = 0; column < columns; column += 8) {
    let target = out;
    let source = from;
    for (let r = 0; r < rows; r++) {
      v128.store(target, v128.load(source));
      v128.store(target, v128.load(source, 16), 16);
      target += 32;
      source += fromStride;
    }
    out += panelStride;
    from += 32;
  }
}

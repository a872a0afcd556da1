/**
 * Rows laid out for `addOuterProducts`: tiles of four or panels of eight columns, in each the rows one after another.
 *
 * Shapes   from f32[rows, columns] → tiles f32[⌈columns/4⌉][rows, 4] or panels f32[columns/8][rows, 8], zeros behind the last column
 * Units    strides in bytes
 */
import { fetchLines } from './fetch-lines';
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

/** The rows of a table f32[any, columns] that a run of ids names; `idStride` leads from one id to the next. */
export function packTilesOfIds(
  out: usize, tileStride: usize, table: usize, ids: usize, idStride: usize, columns: i32, rows: i32,
): void {
  let seen = 0;
  for (let r = 0, at = ids; r < rows; r++, at += idStride) {
    seen |= fetchLines(table + <usize>(load<i32>(at) * columns << 2), 0, <usize>columns << 2, 1);
  }
  store<i32>(out, seen);
  for (const end = out + (<usize>rows << 4); out != end; out += 16, ids += idStride) {
    let from = table + <usize>(load<i32>(ids) * columns << 2);
    let tile = out, width = columns;
    for (; width >= 8; width -= 8) {
      v128.store(tile, v128.load(from));
      v128.store(tile + tileStride, v128.load(from, 16));
      tile += tileStride << 1;
      from += 32;
    }
    for (; width > 0; width -= 4) {
      v128.store(tile, loadFirst(from, width));
      tile += tileStride;
      from += 16;
    }
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

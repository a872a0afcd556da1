/**
 * Rows times packed panels: the product behind every step of a recurrent layer.
 *
 * out[r, j] = panel[0, j] + Σk a[r, k]·panel[1 + k, j] + Σk c[r, k]·panel[1 + aCount + k, j]
 *
 * Two left operands stand side by side ([x_t | h_{t−1}]) without ever being copied together. Each output value is one
 * chain of additions in the order of k, so neither the tile nor the number of rows changes a bit of the result.
 * A chain may begin elsewhere: `gemmRowsFrom` takes up, in the place of the bias, what stands in a row of a table.
 * Not here: packing (`pack-panels.ts`) and activations (`activation.ts`).
 *
 * Shapes   a f32[rows, aCount] · c f32[rows, cCount] → out f32[rows, columns], rows apart by their strides; aCount ≥ 1
 *          panels f32[⌈columns/8⌉, 1 + aCount + cCount, 8]; row 0 of a panel is the bias
 *          table f32[any, columns↑8], one row of it for each row by ids i32[rows]
 * Units    strides in bytes
 */
import { multiplyAdd } from './multiply-add';
import { storeFirst } from './store-first';

/** A panel's row: eight values. */
const PANEL_ROW: usize = 32;
const TILE_ROWS: i32 = 4;

export function gemmRows(
  out: usize, outStride: usize,
  a: usize, aStride: usize, aCount: i32,
  c: usize, cStride: usize, cCount: i32,
  panels: usize, columns: i32, rows: i32,
): void {
  gemmRowsFrom(out, outStride, 0, 0, 0, 0, a, aStride, aCount, c, cStride, cCount, panels, columns, rows);
}

/** `ids` null: from the bias. */
export function gemmRowsFrom(
  out: usize, outStride: usize,
  table: usize, tableStride: usize, ids: usize, idStride: usize,
  a: usize, aStride: usize, aCount: i32,
  c: usize, cStride: usize, cCount: i32,
  panels: usize, columns: i32, rows: i32,
): void {
  const alone = rows < TILE_ROWS; // fewer rows than a tile: each fills a tile with itself
  const step = alone ? 1 : TILE_ROWS;
  const panelSize = <usize>(1 + aCount + cCount) * PANEL_ROW;
  for (let column = 0; column < columns; column += 8) {
    for (let r = 0; r < rows; r += step) {
      const row = <usize>(alone ? r : min(r, rows - TILE_ROWS)); // the last tile overlaps: same values, written twice
      tile(
        out + row * outStride, alone ? 0 : outStride,
        table, tableStride, ids ? ids + row * idStride : 0, alone ? 0 : idStride,
        a + row * aStride, alone ? 0 : aStride, aCount,
        c + row * cStride, alone ? 0 : cStride, cCount,
        panels, columns - column,
      );
    }
    panels += panelSize;
    table += PANEL_ROW;
    out += PANEL_ROW;
  }
}

/**
 * Four rows by one panel, all sums in registers.
 *
 * Long because sixteen steps of k are written out. The exit after each step serves rows of any length, and it keeps
 * V8 from hoisting the loads of all sixteen steps above the arithmetic, where they would push the sums out of the
 * registers: without the exits this runs at half the speed. What bounds a step on a core that shares its front end is the number of
 * its instructions, so `b` moves once in sixteen steps, and exits compare a count that does not change within them. Inlined: over
 * short rows the call would show.
 */
// @ts-ignore: decorator
@inline
function tile(
  out: usize, outStride: usize,
  table: usize, tableStride: usize, ids: usize, idStride: usize,
  a: usize, aStride: usize, aCount: i32,
  c: usize, cStride: usize, cCount: i32,
  panel: usize, width: i32,
): void {
  let p0 = v128.load(panel), p1 = v128.load(panel, 16);
  let q0 = p0, q1 = p1, r0 = p0, r1 = p1, s0 = p0, s1 = p1;
  if (ids) {
    let start = table + load<i32>(ids) * tableStride; p0 = v128.load(start); p1 = v128.load(start, 16); ids += idStride;
    start = table + load<i32>(ids) * tableStride; q0 = v128.load(start); q1 = v128.load(start, 16); ids += idStride;
    start = table + load<i32>(ids) * tableStride; r0 = v128.load(start); r1 = v128.load(start, 16); ids += idStride;
    start = table + load<i32>(ids) * tableStride; s0 = v128.load(start); s1 = v128.load(start, 16);
  }
  let b0: v128, b1: v128, x: v128;
  let a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
  let b = panel + PANEL_ROW, left = aCount;
  while (true) {
    while (true) {
      b0 = v128.load(b); b1 = v128.load(b, 16);
      x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 1) break;
      b0 = v128.load(b, 32); b1 = v128.load(b, 48);
      x = v128.load_splat<f32>(a, 4); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 4); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 4); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 2) break;
      b0 = v128.load(b, 64); b1 = v128.load(b, 80);
      x = v128.load_splat<f32>(a, 8); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 8); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 8); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 3) break;
      b0 = v128.load(b, 96); b1 = v128.load(b, 112);
      x = v128.load_splat<f32>(a, 12); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 12); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 12); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 4) break;
      b0 = v128.load(b, 128); b1 = v128.load(b, 144);
      x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 16); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 16); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 16); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 5) break;
      b0 = v128.load(b, 160); b1 = v128.load(b, 176);
      x = v128.load_splat<f32>(a, 20); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 20); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 20); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 6) break;
      b0 = v128.load(b, 192); b1 = v128.load(b, 208);
      x = v128.load_splat<f32>(a, 24); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 24); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 24); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 7) break;
      b0 = v128.load(b, 224); b1 = v128.load(b, 240);
      x = v128.load_splat<f32>(a, 28); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 28); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 28); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 8) break;
      b0 = v128.load(b, 256); b1 = v128.load(b, 272);
      x = v128.load_splat<f32>(a, 32); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 32); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 32); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 32); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 9) break;
      b0 = v128.load(b, 288); b1 = v128.load(b, 304);
      x = v128.load_splat<f32>(a, 36); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 36); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 36); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 36); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 10) break;
      b0 = v128.load(b, 320); b1 = v128.load(b, 336);
      x = v128.load_splat<f32>(a, 40); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 40); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 40); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 40); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 11) break;
      b0 = v128.load(b, 352); b1 = v128.load(b, 368);
      x = v128.load_splat<f32>(a, 44); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 44); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 44); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 44); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 12) break;
      b0 = v128.load(b, 384); b1 = v128.load(b, 400);
      x = v128.load_splat<f32>(a, 48); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 48); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 48); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 48); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 13) break;
      b0 = v128.load(b, 416); b1 = v128.load(b, 432);
      x = v128.load_splat<f32>(a, 52); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 52); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 52); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 52); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 14) break;
      b0 = v128.load(b, 448); b1 = v128.load(b, 464);
      x = v128.load_splat<f32>(a, 56); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 56); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 56); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 56); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 15) break;
      b0 = v128.load(b, 480); b1 = v128.load(b, 496);
      x = v128.load_splat<f32>(a, 60); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
      x = v128.load_splat<f32>(a1, 60); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
      x = v128.load_splat<f32>(a2, 60); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
      x = v128.load_splat<f32>(a3, 60); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
      if (left == 16) break;
      a += 64; a1 += 64; a2 += 64; a3 += 64;
      b += 16 * PANEL_ROW;
      left -= 16;
    }
    if (!cCount) break;
    b = panel + <usize>(1 + aCount) * PANEL_ROW;
    left = cCount;
    cCount = 0;
    a = c; a1 = a + cStride; a2 = a1 + cStride; a3 = a2 + cStride;
  }
  if (width >= 8) {
    v128.store(out, p0); v128.store(out, p1, 16); out += outStride;
    v128.store(out, q0); v128.store(out, q1, 16); out += outStride;
    v128.store(out, r0); v128.store(out, r1, 16); out += outStride;
    v128.store(out, s0); v128.store(out, s1, 16);
  } else {
    storeRows(4, out, outStride, width, p0, p1, q0, q1, r0, r1, s0, s1);
  }
}

/**
 * The first `width` values of each row. It calls itself so that the compiler leaves it a function: values that lived across several calls
 * would be written to the stack at the end of every tile, by those as well that make no call.
 */
function storeRows(
  rows: i32, out: usize, stride: usize, width: i32,
  p0: v128, p1: v128, q0: v128, q1: v128, r0: v128, r1: v128, s0: v128, s1: v128,
): void {
  storeFirst(out, width, p0, p1);
  if (rows > 1) storeRows(rows - 1, out + stride, stride, width, q0, q1, r0, r1, s0, s1, s0, s1);
}

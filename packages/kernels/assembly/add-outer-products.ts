/**
 * Sums of outer products: what every step adds to the gradients of the weights.
 *
 * out[i, j] += Σn a[n, i]·b[n, j], added in the order of n.
 *
 * Both operands come packed (`pack-rows.ts`), so that a tile reads two contiguous streams.
 *
 * Shapes   a f32[aTiles][depth, 4] · b f32[bPanels][depth, 8], each tile and panel at its stride → out f32[4·aTiles, 8·bPanels]
 * Units    strides in bytes
 */
import { multiplyAdd } from './multiply-add';

export function addOuterProducts(
  out: usize, outStride: usize,
  a: usize, aTileStride: usize, b: usize, bPanelStride: usize,
  aTiles: i32, bPanels: i32, depth: i32,
): void {
  for (let panel = 0; panel < bPanels; panel++) {
    let target = out;
    let source = a;
    for (let t = 0; t < aTiles; t++) {
      tile(target, outStride, source, b, depth);
      target += outStride << 2;
      source += aTileStride;
    }
    out += 32;
    b += bPanelStride;
  }
}

/**
 * Four rows by eight columns of the output; sixteen steps written out, with exits, for the reasons in `gemm-rows.ts`.
 * `a` moves every two steps: V8 keeps a register for each offset of a splat, and has eight to spare.
 */
function tile(out: usize, outStride: usize, a: usize, b: usize, depth: i32): void {
  const out1 = out + outStride, out2 = out1 + outStride, out3 = out2 + outStride;
  let p0 = v128.load(out), p1 = v128.load(out, 16);
  let q0 = v128.load(out1), q1 = v128.load(out1, 16);
  let r0 = v128.load(out2), r1 = v128.load(out2, 16);
  let s0 = v128.load(out3), s1 = v128.load(out3, 16);
  let b0: v128, b1: v128, x: v128;
  let left = depth;
  while (true) {
    b0 = v128.load(b); b1 = v128.load(b, 16);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 1) break;
    b0 = v128.load(b, 32); b1 = v128.load(b, 48);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 2) break;
    a += 32;
    b0 = v128.load(b, 64); b1 = v128.load(b, 80);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 3) break;
    b0 = v128.load(b, 96); b1 = v128.load(b, 112);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 4) break;
    a += 32;
    b0 = v128.load(b, 128); b1 = v128.load(b, 144);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 5) break;
    b0 = v128.load(b, 160); b1 = v128.load(b, 176);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 6) break;
    a += 32;
    b0 = v128.load(b, 192); b1 = v128.load(b, 208);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 7) break;
    b0 = v128.load(b, 224); b1 = v128.load(b, 240);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 8) break;
    a += 32;
    b0 = v128.load(b, 256); b1 = v128.load(b, 272);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 9) break;
    b0 = v128.load(b, 288); b1 = v128.load(b, 304);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 10) break;
    a += 32;
    b0 = v128.load(b, 320); b1 = v128.load(b, 336);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 11) break;
    b0 = v128.load(b, 352); b1 = v128.load(b, 368);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 12) break;
    a += 32;
    b0 = v128.load(b, 384); b1 = v128.load(b, 400);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 13) break;
    b0 = v128.load(b, 416); b1 = v128.load(b, 432);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 14) break;
    a += 32;
    b0 = v128.load(b, 448); b1 = v128.load(b, 464);
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 15) break;
    b0 = v128.load(b, 480); b1 = v128.load(b, 496);
    x = v128.load_splat<f32>(a, 16); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 20); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 24); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 28); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    if (left == 16) break;
    a += 32;
    b += 512;
    left -= 16;
  }
  v128.store(out, p0); v128.store(out, p1, 16);
  v128.store(out1, q0); v128.store(out1, q1, 16);
  v128.store(out2, r0); v128.store(out2, r1, 16);
  v128.store(out3, s0); v128.store(out3, s1, 16);
}

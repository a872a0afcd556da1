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

/** Four rows by eight columns of the output; sixteen steps written out, with exits, for the reasons in `gemm-rows.ts`. */
function tile(out: usize, outStride: usize, a: usize, b: usize, depth: i32): void {
  const out1 = out + outStride, out2 = out1 + outStride, out3 = out2 + outStride;
  let p0 = v128.load(out), p1 = v128.load(out, 16);
  let q0 = v128.load(out1), q1 = v128.load(out1, 16);
  let r0 = v128.load(out2), r1 = v128.load(out2, 16);
  let s0 = v128.load(out3), s1 = v128.load(out3, 16);
  let b0: v128, b1: v128, x: v128;
  const end = b + (<usize>depth << 5);
  while (true) {
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
    b0 = v128.load(b); b1 = v128.load(b, 16); b += 32;
    x = v128.load_splat<f32>(a); p0 = multiplyAdd(p0, x, b0); p1 = multiplyAdd(p1, x, b1);
    x = v128.load_splat<f32>(a, 4); q0 = multiplyAdd(q0, x, b0); q1 = multiplyAdd(q1, x, b1);
    x = v128.load_splat<f32>(a, 8); r0 = multiplyAdd(r0, x, b0); r1 = multiplyAdd(r1, x, b1);
    x = v128.load_splat<f32>(a, 12); s0 = multiplyAdd(s0, x, b0); s1 = multiplyAdd(s1, x, b1);
    a += 16;
    if (b == end) break;
  }
  v128.store(out, p0); v128.store(out, p1, 16);
  v128.store(out1, q0); v128.store(out1, q1, 16);
  v128.store(out2, r0); v128.store(out2, r1, 16);
  v128.store(out3, s0); v128.store(out3, s1, 16);
}

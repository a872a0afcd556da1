/**
 * The machine's f32x4 multiply-add ceiling: twelve independent chains that never leave the registers.
 *
 * Twelve, because two multipliers and two adders of three to four cycles each need about that many sums under way; with
 * two operands they still fit sixteen registers. Returns a value that depends on all of them.
 */
export function multiplyAddLoop(rounds: i32, factor: f32, term: f32): f32 {
  const m = f32x4.splat(factor);
  const t = f32x4.splat(term);
  let a = t,
    b = m,
    c = t,
    d = m,
    e = t,
    f = m,
    g = t,
    h = m,
    i = t,
    j = m,
    k = t,
    l = m;
  for (let n = 0; n < rounds; n++) {
    a = f32x4.add(f32x4.mul(a, m), t);
    b = f32x4.add(f32x4.mul(b, m), t);
    c = f32x4.add(f32x4.mul(c, m), t);
    d = f32x4.add(f32x4.mul(d, m), t);
    e = f32x4.add(f32x4.mul(e, m), t);
    f = f32x4.add(f32x4.mul(f, m), t);
    g = f32x4.add(f32x4.mul(g, m), t);
    h = f32x4.add(f32x4.mul(h, m), t);
    i = f32x4.add(f32x4.mul(i, m), t);
    j = f32x4.add(f32x4.mul(j, m), t);
    k = f32x4.add(f32x4.mul(k, m), t);
    l = f32x4.add(f32x4.mul(l, m), t);
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  e = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  i = f32x4.add(f32x4.add(i, j), f32x4.add(k, l));
  return f32x4.extract_lane(f32x4.add(a, f32x4.add(e, i)), 0);
}

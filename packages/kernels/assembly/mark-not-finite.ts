/** Stores 0 at `mark` when all of `count` values are finite, else NaN: 0·x is 0 for every finite x. */
export function markNotFinite(mark: usize, values: usize, count: i32): void {
  const end = values + (<usize>count << 2);
  const whole = values + (<usize>(count & ~15) << 2);
  const zero = f32x4.splat(0.0);
  let a = zero, b = zero, c = zero, d = zero;
  for (; values != whole; values += 64) {
    a = f32x4.add(a, f32x4.mul(v128.load(values), zero));
    b = f32x4.add(b, f32x4.mul(v128.load(values, 16), zero));
    c = f32x4.add(c, f32x4.mul(v128.load(values, 32), zero));
    d = f32x4.add(d, f32x4.mul(v128.load(values, 48), zero));
  }
  a = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  let sum = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
  for (; values != end; values += 4) sum += load<f32>(values) * 0.0;
  store<f32>(mark, sum);
}

/** Stores 0 at `mark` when all of `count` values are finite, else NaN: 0·x is 0 for every finite x. */
export function markNotFinite(mark: usize, values: usize, count: i32): void {
  const end = values + (<usize>count << 2);
  const whole = values + (<usize>(count & ~7) << 2);
  const zero = f32x4.splat(0.0);
  let a = zero, b = zero;
  for (; values != whole; values += 32) {
    a = f32x4.add(a, f32x4.mul(v128.load(values), zero));
    b = f32x4.add(b, f32x4.mul(v128.load(values, 16), zero));
  }
  a = f32x4.add(a, b);
  let sum = f32x4.extract_lane(a, 0) + f32x4.extract_lane(a, 1) + f32x4.extract_lane(a, 2) + f32x4.extract_lane(a, 3);
  for (; values != end; values += 4) sum += load<f32>(values) * 0.0;
  store<f32>(mark, sum);
}

/**
 * Adam in one pass: m += (g − m)·(1 − β1);  v += (g² − v)·(1 − β2);  w' = κ·w − α·m/(√v + ε)
 *
 * κ is what weight decay leaves of a weight: 1 without it, and then κ·w has the bits of w.
 * Tiny moments and squares are zero (`drop-tiny.ts`). α carries both corrections of the bias. The last values of an odd count take
 * the same arithmetic one by one.
 *
 * Shapes   all f32[count]; mark: 0 if all of w' is finite, else NaN
 * Memory   m and v in place; w' may be w
 * Source   Kingma and Ba 2015, arXiv:1412.6980, the form before section 2.1 (epsilon-hat), as in Keras 3
 */
import { squareWithoutTiny, squareWithoutTinyScalar, withoutTiny, withoutTinyScalar } from './drop-tiny';
import { markNotFinite } from './mark-not-finite';

export function adamUpdate(
  out: usize, m: usize, v: usize,
  weight: usize, gradient: usize,
  count: i32, alpha: f32, oneMinusBeta1: f32, oneMinusBeta2: f32, epsilon: f32, kept: f32, mark: usize,
): void {
  const size = <usize>count << 2;
  const whole = <usize>(count & ~3) << 2;
  const a = f32x4.splat(alpha), b1 = f32x4.splat(oneMinusBeta1), b2 = f32x4.splat(oneMinusBeta2), e = f32x4.splat(epsilon), k = f32x4.splat(kept);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const g = v128.load(gradient + i);
    let first = v128.load(m + i), second = v128.load(v + i);
    first = withoutTiny(f32x4.add(first, f32x4.mul(f32x4.sub(g, first), b1)));
    second = withoutTiny(f32x4.add(second, f32x4.mul(f32x4.sub(squareWithoutTiny(g), second), b2)));
    v128.store(m + i, first);
    v128.store(v + i, second);
    const step = f32x4.div(f32x4.mul(a, first), f32x4.add(f32x4.sqrt(second), e));
    v128.store(out + i, f32x4.sub(f32x4.mul(k, v128.load(weight + i)), step));
  }
  for (; i < size; i += 4) {
    const g = load<f32>(gradient + i);
    let first = load<f32>(m + i), second = load<f32>(v + i);
    first = withoutTinyScalar(first + (g - first) * oneMinusBeta1);
    second = withoutTinyScalar(second + (squareWithoutTinyScalar(g) - second) * oneMinusBeta2);
    store<f32>(m + i, first);
    store<f32>(v + i, second);
    store<f32>(out + i, kept * load<f32>(weight + i) - (alpha * first) / (sqrt<f32>(second) + epsilon));
  }
  markNotFinite(mark, out, count);
}

/**
 * RMSprop in one pass: v = ρ·v + (1 − ρ)·g²;  s = lr·g/√(v + ε);  w' = w − s
 *
 * Tiny moments and squares are zero (`drop-tiny.ts`).
 *
 * Centered: μ = ρ·μ + (1 − ρ)·g and √(v − μ² + ε). With momentum: u = momentum·u + s and w' = w − u.
 *
 * Shapes   all f32[count]; mark: 0 if all of w' is finite, else NaN
 * Memory   v, inertia and mean in place; inertia and mean may be null; w' may be w
 * Source   Tieleman and Hinton 2012, lecture 6.5; Graves 2013, arXiv:1308.0850, §4.2 (centered); as in Keras 3
 */
import { squareWithoutTiny, squareWithoutTinyScalar, withoutTiny, withoutTinyScalar } from './drop-tiny';
import { markNotFinite } from './mark-not-finite';

export function rmspropUpdate(
  out: usize, v: usize, inertia: usize, mean: usize,
  weight: usize, gradient: usize,
  count: i32, learningRate: f32, rho: f32, oneMinusRho: f32, momentum: f32, epsilon: f32, mark: usize,
): void {
  const size = <usize>count << 2;
  const whole = <usize>(count & ~3) << 2;
  const rate = f32x4.splat(learningRate), keep = f32x4.splat(rho), take = f32x4.splat(oneMinusRho);
  const push = f32x4.splat(momentum), e = f32x4.splat(epsilon);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const g = v128.load(gradient + i);
    const square = withoutTiny(f32x4.add(f32x4.mul(keep, v128.load(v + i)), f32x4.mul(take, squareWithoutTiny(g))));
    v128.store(v + i, square);
    let under = square;
    if (mean) {
      const mu = withoutTiny(f32x4.add(f32x4.mul(keep, v128.load(mean + i)), f32x4.mul(take, g)));
      v128.store(mean + i, mu);
      under = f32x4.sub(square, squareWithoutTiny(mu));
    }
    let step = f32x4.div(f32x4.mul(rate, g), f32x4.sqrt(f32x4.add(under, e)));
    if (inertia) {
      step = withoutTiny(f32x4.add(f32x4.mul(push, v128.load(inertia + i)), step));
      v128.store(inertia + i, step);
    }
    v128.store(out + i, f32x4.sub(v128.load(weight + i), step));
  }
  for (; i < size; i += 4) {
    const g = load<f32>(gradient + i);
    const square = withoutTinyScalar(rho * load<f32>(v + i) + oneMinusRho * squareWithoutTinyScalar(g));
    store<f32>(v + i, square);
    let under = square;
    if (mean) {
      const mu = withoutTinyScalar(rho * load<f32>(mean + i) + oneMinusRho * g);
      store<f32>(mean + i, mu);
      under = square - squareWithoutTinyScalar(mu);
    }
    let step = (learningRate * g) / sqrt<f32>(under + epsilon);
    if (inertia) {
      step = withoutTinyScalar(momentum * load<f32>(inertia + i) + step);
      store<f32>(inertia + i, step);
    }
    store<f32>(out + i, load<f32>(weight + i) - step);
  }
  markNotFinite(mark, out, count);
}

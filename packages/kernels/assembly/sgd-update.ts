/**
 * Gradient descent in one pass.
 *
 * Tiny velocities are zero (`drop-tiny.ts`).
 *
 * w' = w − lr·g; with momentum μ: u = μ·u + lr·g and w' = w − u, or Nesterov's w' = w − μ·u − lr·g
 *
 * Shapes   all f32[count]; mark: 0 if all of w' is finite, else NaN
 * Memory   velocity in place, or null for no momentum; w' may be w
 * Source   Sutskever et al. 2013, as in Keras 3
 * Differs  Keras keeps −u; this is RMSprop's sign
 */
import { withoutTiny, withoutTinyScalar } from './drop-tiny';
import { markNotFinite } from './mark-not-finite';

export function sgdUpdate(
  out: usize, velocity: usize,
  weight: usize, gradient: usize,
  count: i32, learningRate: f32, momentum: f32, nesterov: i32, mark: usize,
): void {
  const size = <usize>count << 2;
  const whole = <usize>(count & ~3) << 2;
  const rate = f32x4.splat(learningRate), inertia = f32x4.splat(momentum);
  let i: usize = 0;
  for (; i < whole; i += 16) {
    const w = v128.load(weight + i), step = f32x4.mul(rate, v128.load(gradient + i));
    if (!velocity) {
      v128.store(out + i, f32x4.sub(w, step));
      continue;
    }
    const u = withoutTiny(f32x4.add(f32x4.mul(inertia, v128.load(velocity + i)), step));
    v128.store(velocity + i, u);
    v128.store(out + i, nesterov ? f32x4.sub(f32x4.sub(w, f32x4.mul(inertia, u)), step) : f32x4.sub(w, u));
  }
  for (; i < size; i += 4) {
    const w = load<f32>(weight + i), step = learningRate * load<f32>(gradient + i);
    if (!velocity) {
      store<f32>(out + i, w - step);
      continue;
    }
    const u = withoutTinyScalar(momentum * load<f32>(velocity + i) + step);
    store<f32>(velocity + i, u);
    store<f32>(out + i, nesterov ? w - momentum * u - step : w - u);
  }
  markNotFinite(mark, out, count);
}

import { exponential } from './exponential';

/** 1 / (1 + e^−x) in four lanes; small values keep their relative accuracy. NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  const one = f32x4.splat(1.0);
  return f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(x))));
}

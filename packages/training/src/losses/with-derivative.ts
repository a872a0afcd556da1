/** Elementwise functions whose derivative is stated instead of derived. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * value(y, x), elementwise, with derivative(y, x) as its derivative in x; or derivative(y, kept), where that is easier had from
 * something else than x.
 *
 * Where `kept` was computed outside of what is differentiated, there is no second derivative.
 *
 * Fewer operations than autodiff runs, and no rounding or 0·∞ in between. There is no gradient in y.
 *
 * Memory   returns a new tensor; call it inside `tidy`
 */
export function withDerivative(
  y: tf.Tensor,
  x: tf.Tensor,
  value: (y: tf.Tensor, x: tf.Tensor) => tf.Tensor,
  derivative: (y: tf.Tensor, kept: tf.Tensor) => tf.Tensor,
  kept = x,
): tf.Tensor {
  const withGradient = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [point, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    save([y, kept === x ? point : kept]);
    return {
      value: value(y, point),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => tf.mul(dy, derivative(saved[0]!, saved[1]!)),
    };
  });
  return withGradient(x);
}

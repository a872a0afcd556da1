/** Powers with a fixed exponent. */
import * as tf from '@tensorflow/tfjs-core';

/** base^exponent for a base ≥ 0; the exponents 0, 1 and 2 by exact operations. Memory: may return `base` itself. */
export function power(base: tf.Tensor, exponent: number): tf.Tensor {
  if (exponent === 0) return tf.onesLike(base);
  if (exponent === 1) return base;
  if (exponent === 2) return tf.square(base);
  return tf.pow(tf.relu(base), exponent);
}

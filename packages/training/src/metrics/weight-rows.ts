/** Weights of samples or steps on values that have more axes than they. */
import * as tf from '@tensorflow/tfjs-core';

/** values · weights, whose axes are the first of the values'. Memory: may return the values themselves. */
export function weightRows(values: tf.Tensor, weights: tf.Tensor | undefined): tf.Tensor {
  if (!weights) return values;
  const ones = Array<number>(values.rank - weights.rank).fill(1);
  return tf.mul(values, tf.reshape(weights, [...weights.shape, ...ones]));
}

/** Gates that lie side by side in one tensor, taken apart. */
import * as tf from '@tensorflow/tfjs-core';

interface Gates {
  readonly 2: [tf.Tensor, tf.Tensor];
  readonly 3: [tf.Tensor, tf.Tensor, tf.Tensor];
  readonly 4: [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
}

/**
 * The last axis in `count` blocks of one width: the gates of a product, or their parts of a weight.
 *
 * Shapes   f32[..., count·units] → count times f32[..., units]
 * Memory   returns new tensors
 *
 * @example
 * const [f, n] = splitGates(x, 2);
 */
export function splitGates<const Count extends keyof Gates>(x: tf.Tensor, count: Count): Gates[Count] {
  return tf.split(x, count, x.rank - 1) as Gates[Count];
}

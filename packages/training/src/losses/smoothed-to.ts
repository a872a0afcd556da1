/** What `labelSmoothing` does to targets. */
import * as tf from '@tensorflow/tfjs-core';

/** Targets moved `part` of the way to `middle`. Memory: the targets themselves for a part of 0. */
export function smoothedTo(middle: number, targets: tf.Tensor, part: number): tf.Tensor {
  return part === 0 ? targets : tf.add(tf.mul(targets, 1 - part), part * middle);
}

/** The running mean of a weight that an optimizer with `useEma` keeps. */
import type { WeightAverage } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The average after a batch: momentum·average + (1 − momentum)·weight; the weight itself while no update was made.
 *
 * Batches that only add to accumulated gradients count, too, and `iterations` are the updates before this batch: both as
 * in Keras 3.
 */
export function nextAverage(
  { momentum }: WeightAverage,
  average: tf.Tensor | undefined,
  weight: tf.Tensor,
  iterations: number,
): tf.Tensor {
  if (!average || iterations === 0) return tf.clone(weight);
  return tf.add(tf.mul(average, momentum), tf.mul(weight, 1 - momentum));
}

/** Whether the weights become their averages after this batch. */
export function overwrites({ overwriteFrequency }: WeightAverage, iterations: number): boolean {
  return overwriteFrequency !== undefined && (iterations + 1) % overwriteFrequency === 0;
}

/** Metrics that are a mean over samples. */
import type { JsonObject, Metric } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { atRank } from '../losses/reduce-loss.js';

/**
 * The weighted mean of a value of each sample; its totals are [Σ weight·value, Σ weight].
 *
 * Shapes   values(yTrue, yPred): f32[batch, …]; weights with the same leading axes, or fewer
 */
export function meanMetric(
  name: string,
  config: JsonObject,
  values: (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor,
): Metric {
  return {
    name,
    config,
    size: 2,
    update(yTrue, yPred, weights) {
      const value = values(yTrue, yPred);
      if (!weights) return tf.stack([tf.sum(value), tf.scalar(value.size)]);
      const weight = tf.mul(atRank(weights, value), tf.onesLike(value)); // a row's weight counts for each of its steps
      return tf.stack([tf.sum(tf.mul(value, weight)), tf.sum(weight)]);
    },
    result: ([sum, count]) => (count === 0 ? 0 : sum! / count!),
  };
}

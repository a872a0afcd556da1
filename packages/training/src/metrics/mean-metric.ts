/** Metrics that are a mean over samples. */
import type { JsonObject, Loss, Metric } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { atRank } from '../losses/reduce-loss.js';

/** A value of each sample or step: yTrue and yPred → f32[batch, …], or the same values on the host. Runs inside `tidy`. */
export type SampleValues = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor | ArrayLike<number>;

/**
 * The weighted mean of a value of each sample; its totals are [Σ weight·value, Σ weight].
 *
 * Shapes   values(yTrue, yPred): f32[batch, …]; weights with the same leading axes, or fewer
 *
 * @example
 * const bias = meanMetric('bias', (yTrue, yPred) => tf.mean(tf.sub(yPred, yTrue), -1));
 * const plugin = definePlugin({ …, metrics: [{ name: 'bias', create: () => bias }] });
 */
export function meanMetric(name: string, values: SampleValues, config: JsonObject = {}): Metric {
  return {
    name,
    config,
    size: 2,
    update(yTrue, yPred, weights) {
      const found = values(yTrue, yPred);
      return totalsOf(found instanceof tf.Tensor ? found.dataSync() : found, weights?.dataSync());
    },
    result: ([sum, count]) => (count === 0 ? 0 : sum! / count!),
  };
}

/**
 * [Σ weight·value, Σ weight]; a row's weight counts for each of its steps.
 *
 * Added up on the host: to read a batch's values costs less than one operation on tensors.
 */
function totalsOf(values: ArrayLike<number>, weights: ArrayLike<number> | undefined): tf.Tensor1D {
  const perWeight = weights ? values.length / weights.length : 1;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = weights ? weights[Math.floor(i / perWeight)]! : 1;
    sum += weight * values[i]!;
    count += weight;
  }
  return tf.tensor1d(Float32Array.of(sum, count));
}

/** The mean of a loss over samples, under the name by which it was asked for. What the loss ignores is left out. */
export function lossMetric(name: string, loss: Loss): Metric {
  const mean = meanMetric(name, (yTrue, yPred) => loss.apply(yTrue, yPred), loss.config);
  if (!loss.counted) return mean;
  return {
    ...mean,
    update(yTrue, yPred, weights) {
      const counted = loss.counted!(yTrue, yPred, null);
      if (!counted) return mean.update(yTrue, yPred, weights);
      const ones = tf.cast(counted, 'float32');
      return mean.update(yTrue, yPred, weights ? tf.mul(atRank(weights, ones), ones) : ones);
    },
  };
}

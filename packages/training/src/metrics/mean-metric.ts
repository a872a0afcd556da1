/** Metrics that are a mean over samples. */
import { type JsonObject, type Loss, type Metric, OstinatoError, showTensor } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { atRank } from '../losses/reduce-loss.js';

/** A value of each sample or step: yTrue and yPred → f32[batch, …]. Runs inside `tidy`. */
export type SampleValues = (yTrue: tf.Tensor, yPred: tf.Tensor) => tf.Tensor;

/**
 * The weighted mean of a value of each sample; its totals are [Σ weight·value, Σ weight].
 *
 * Shapes   values(yTrue, yPred): f32[batch, …]; weights with the same leading axes, or fewer
 * Throws   `shape-mismatch` when a batch's weights or mask have more axes than the values
 * Differs  values of steps count one by one over an epoch; Keras takes the mean of each sample first, which is another figure where sequences have
 *          different lengths
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
    update: (yTrue, yPred, weights) => totalsOf(values(yTrue, yPred), weights, name),
    result: ([sum, count]) => (count === 0 ? 0 : sum! / count!),
  };
}

/**
 * [Σ weight·value, Σ weight]; a row's weight counts for each of its steps.
 *
 * Added up on the host: to read a batch's values costs less than one operation on tensors.
 */
function totalsOf(value: tf.Tensor, weights: tf.Tensor | undefined, where: string): tf.Tensor1D {
  if (weights && !areOfRows(weights.shape, value.shape)) {
    if (weights.rank > value.rank) throw tooManyAxes(weights, value, where);
    const weight = tf.mul(atRank(weights, value), tf.onesLike(value)); // broadcast, or refused
    return tf.stack([tf.sum(tf.mul(value, weight)), tf.sum(weight)]) as tf.Tensor1D;
  }
  const [values, factors] = [value.dataSync(), weights?.dataSync()];
  const perWeight = factors ? values.length / factors.length : 1;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < values.length; i++) {
    const weight = factors ? factors[Math.floor(i / perWeight)]! : 1;
    sum += weight * values[i]!;
    count += weight;
  }
  return tf.tensor1d(Float32Array.of(sum, count));
}

function tooManyAxes(weights: tf.Tensor, value: tf.Tensor, where: string): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where,
    what: 'The weights, or the mask, have more axes than the values of this metric',
    expected: `the first axes of ${showTensor(value)}`,
    received: showTensor(weights),
    fix: 'Return a value for each step where steps are masked or weighted',
  });
}

/** Whether weights have the values' first axes, and no others but for one of one behind them: then each is of so many values in a run. */
function areOfRows(weights: readonly number[], values: readonly number[]): boolean {
  const first = weights.length > values.length && weights.at(-1) === 1 ? weights.slice(0, -1) : weights;
  return first.length <= values.length && first.every((size, axis) => size === values[axis]);
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

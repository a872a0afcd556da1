/** Accuracies that let a target be anywhere among the k best predictions. */
import { checkBoolean, checkSize, fillOptions, type Metric } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets } from '../losses/align-targets.js';
import { classNumbers } from '../losses/class-numbers.js';
import { meanMetric } from './mean-metric.js';

export interface TopKOptions {
  /** How many of the best predictions count. Default 5. */
  readonly k?: number;
}

export interface SparseTopKOptions extends TopKOptions {
  /** true: predictions are class numbers from the best on, not scores. Default false. */
  readonly fromSortedIds?: boolean;
}

/**
 * How often fewer than k predictions are larger than the one at the largest target, over the last axis.
 *
 * Shapes   yTrue and yPred [batch, …, classes]
 */
export function topKCategoricalAccuracy(options: TopKOptions = {}): Metric {
  const name = 'topKCategoricalAccuracy';
  const { k } = fillOptions(name, { k: 5 }, options, { k: checkSize });
  const values = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor =>
    isAmongBest(tf.argMax(alignTargets(yTrue, yPred), -1), yPred, k);
  return meanMetric(name, values, givenOptions({ k }, { k: 5 }));
}

/**
 * The same for targets that are class numbers.
 *
 * Shapes   yTrue [batch, …] or [batch, …, 1], yPred [batch, …, classes], or with `fromSortedIds` [batch, …, at least k]
 */
export function sparseTopKCategoricalAccuracy(options: SparseTopKOptions = {}): Metric {
  const name = 'sparseTopKCategoricalAccuracy';
  const defaults = { k: 5, fromSortedIds: false };
  const checks = { k: checkSize, fromSortedIds: checkBoolean };
  const { k, fromSortedIds } = fillOptions(name, defaults, options, checks);
  const values = (yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor => {
    const classes = classNumbers(yTrue, yPred, name);
    return fromSortedIds ? isListed(classes, yPred, k) : isAmongBest(classes, yPred, k);
  };
  return meanMetric(name, values, givenOptions({ k, fromSortedIds }, defaults));
}

/** Ties are in the target's favour; a score that is not finite is not among the best. */
function isAmongBest(classes: tf.Tensor, yPred: tf.Tensor, k: number): tf.Tensor {
  const chosen = tf.cast(tf.oneHot(tf.cast(classes, 'int32'), yPred.shape.at(-1)!), 'bool');
  const score = tf.sum(tf.where(chosen, yPred, tf.zerosLike(yPred)), -1, true);
  const larger = tf.sum(tf.cast(tf.greater(yPred, score), 'float32'), -1);
  const finite = tf.squeeze(tf.isFinite(score), [-1]);
  return tf.cast(tf.logicalAnd(tf.less(larger, k), finite), 'float32');
}

function isListed(classes: tf.Tensor, ids: tf.Tensor, k: number): tf.Tensor {
  const same = tf.cast(tf.equal(ids, tf.expandDims(tf.cast(classes, 'float32'), -1)), 'float32');
  const length = Math.min(k, ids.shape.at(-1)!);
  const first = tf.slice(same, Array(ids.rank).fill(0), [...ids.shape.slice(0, -1), length]);
  return tf.max(first, -1);
}

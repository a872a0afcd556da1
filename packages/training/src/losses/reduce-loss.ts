/** From the loss of each sample to the loss of a batch. */
import type { Loss, Mask } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** Keras' guard for a mask that lets nothing through. */
const EPSILON = 1e-7;

/**
 * A loss over a batch: the weighted mean of its samples' (or steps') losses that count.
 *
 * Memory   returns a new tensor; call it inside `tidy`
 */
export function meanLoss(
  loss: Loss,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights?: tf.Tensor,
  mask: Mask = null,
): tf.Tensor {
  const perSample = loss.apply(yTrue, yPred, mask);
  const counted = loss.counted ? loss.counted(yTrue, yPred, mask) : mask;
  return reduceLoss(perSample, weights, counted);
}

/**
 * Sum of weight·loss, divided by how many losses there are, or how many the mask lets through.
 *
 * Shapes   perSample f32[batch, …] · weights f32[batch] or f32[batch, …] · mask bool[batch, …] → f32 scalar
 * Memory   returns a new tensor; call it inside `tidy`
 * Differs  Keras refuses one weight a row together with a mask of steps; here the row's weight counts for its steps
 */
export function reduceLoss(perSample: tf.Tensor, weights?: tf.Tensor, mask?: tf.Tensor | null): tf.Tensor {
  if (!weights && !mask) return meanOf(perSample);
  let weighted = perSample;
  if (weights) weighted = tf.mul(weighted, atRank(weights, perSample));
  if (!mask) return meanOf(weighted);
  const counted = tf.cast(atRank(mask, perSample), 'float32');
  const part = tf.add(tf.mean(counted), EPSILON / counted.size);
  return tf.div(meanOf(tf.mul(weighted, counted)), part);
}

/** Over the last axis first: tfjs on wasm adds one value to the next, and of 100,000 in one chain the third digit is wrong. */
function meanOf(values: tf.Tensor): tf.Tensor {
  return tf.mean(values.rank > 1 ? tf.mean(values, -1) : values);
}

/** `values` with axes of one at the end, or without one there, until it has the other's rank. */
export function atRank(values: tf.Tensor, like: tf.Tensor): tf.Tensor {
  if (values.rank === like.rank) return values;
  if (values.rank === like.rank + 1 && values.shape.at(-1) === 1) return tf.squeeze(values, [-1]);
  return tf.reshape(values, [...values.shape, ...Array<number>(like.rank - values.rank).fill(1)]);
}

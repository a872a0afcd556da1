/** The links that keep gradients small. */
import { checkPositive } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { GlobalLink, ParamLink } from './link.js';

/** Each number of the change, cut to [−limit, limit]. */
export function clipByValue(limit: number): ParamLink {
  checkPositive('clipByValue', 'limit', limit);
  // not tf.clipByValue: on wasm it makes a number of NaN, and what is not finite must come to light
  return { update: ({ change }) => ({ change: tf.minimum(tf.maximum(change, -limit), limit) }) };
}

/** Each parameter's change, scaled down to a norm of `limit` where it has a larger one. */
export function clipByNorm(limit: number): ParamLink {
  checkPositive('clipByNorm', 'limit', limit);
  return {
    update: ({ change }) => ({
      change: tf.div(tf.mul(change, limit), tf.maximum(tf.sqrt(squaredNorm(change)), limit)),
    }),
  };
}

/**
 * All changes, scaled down by one factor to a norm of `limit` in all where it is larger.
 *
 * The squares are added up parameter by parameter in model order: the same bits in every run.
 */
export function clipByGlobalNorm(limit: number): GlobalLink {
  checkPositive('clipByGlobalNorm', 'limit', limit);
  return {
    across: (changes) => {
      const factor = tf.tidy(() => {
        const norm = tf.sqrt(tf.sum(tf.stack(changes.map(squaredNorm))));
        const scale = tf.mul(tf.minimum(tf.div(1, norm), 1 / limit), limit);
        return tf.add(scale, tf.sub(norm, norm)); // a norm that is not finite makes all changes NaN, not zero
      });
      return changes.map((change) => tf.mul(change, factor));
    },
  };
}

/** Rows first: sums of few numbers round less than one long sum. */
function squaredNorm(change: tf.Tensor): tf.Tensor {
  const squares = tf.square(change);
  return tf.sum(change.rank > 1 ? tf.sum(squares, -1) : squares);
}

/** The link of Adagrad: the gradient over the root of the sum of all its squares. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';

export interface ScaleByAdagradOptions {
  /** What the sums of squares begin with. */
  readonly initialAccumulatorValue: number;
  readonly epsilon: number;
}

/**
 * s += g²;  the change becomes g/√(s + ε)
 *
 * Slots    accumulator: s, of the parameter's shape
 * Source   Duchi et al. 2011
 */
export function scaleByAdagrad(options: ScaleByAdagradOptions): ParamLink {
  const { initialAccumulatorValue, epsilon } = checkLink('scaleByAdagrad', options, [
    'initialAccumulatorValue',
    'epsilon',
  ]);
  return {
    init: (param) => ({ accumulator: tf.fill(param.shape, initialAccumulatorValue) }),
    update: ({ change, slots }) => {
      const accumulator = tf.add(slots.accumulator!, tf.square(change));
      return { change: tf.div(change, tf.sqrt(tf.add(accumulator, epsilon))), slots: { accumulator } };
    },
  };
}

/** The link of RMSprop: the gradient over the root of its mean square, or of its variance. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { blend } from './towards.js';

export interface ScaleByRmsOptions {
  readonly rho: number;
  readonly epsilon: number;
  /** Divides by the root of the variance. Default false. */
  readonly centered?: boolean;
}

/**
 * v = ρ·v + (1−ρ)·g²;  the change becomes g/√(v + ε), or centered g/√(v − mean² + ε)
 *
 * Slots    v, and when centered mean, of the parameter's shape
 * Source   Tieleman and Hinton 2012, lecture 6.5; Graves 2013, arXiv:1308.0850, §4.2 (centered)
 */
export function scaleByRms(options: ScaleByRmsOptions): ParamLink {
  const { rho, epsilon, centered = false } = checkLink('scaleByRms', options, ['rho', 'epsilon']);
  return {
    init: (param) => ({ v: tf.zerosLike(param), ...(centered ? { mean: tf.zerosLike(param) } : {}) }),
    update: ({ change, slots }) => {
      const v = blend(slots.v!, tf.square(change), rho);
      const mean = centered ? blend(slots.mean!, change, rho) : undefined;
      const spread = mean ? tf.sub(v, tf.square(mean)) : v;
      return {
        change: tf.div(change, tf.sqrt(tf.add(spread, epsilon))),
        slots: { v, ...(mean ? { mean } : {}) },
      };
    },
  };
}

/** The link of Adadelta: gradients in units of the steps so far. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { blend } from './towards.js';

export interface ScaleByAdadeltaOptions {
  readonly rho: number;
  readonly epsilon: number;
}

/**
 * s = ρ·s + (1−ρ)·g²;  the change becomes d = √(u + ε)/√(s + ε) · g;  u = ρ·u + (1−ρ)·d²
 *
 * Slots    accumulatedGradient: s · accumulatedChange: u, both of the parameter's shape
 * Source   Zeiler 2012, arXiv:1212.5701
 */
export function scaleByAdadelta(options: ScaleByAdadeltaOptions): ParamLink {
  const { rho, epsilon } = checkLink('scaleByAdadelta', options, ['rho', 'epsilon']);
  const root = (squares: tf.Tensor): tf.Tensor => tf.sqrt(tf.add(squares, epsilon));
  return {
    init: (param) => ({
      accumulatedGradient: tf.zerosLike(param),
      accumulatedChange: tf.zerosLike(param),
    }),
    update: ({ change: gradient, slots }) => {
      const accumulatedGradient = blend(slots.accumulatedGradient!, tf.square(gradient), rho);
      const change = tf.div(tf.mul(root(slots.accumulatedChange!), gradient), root(accumulatedGradient));
      const accumulatedChange = blend(slots.accumulatedChange!, tf.square(change), rho);
      return { change, slots: { accumulatedGradient, accumulatedChange } };
    },
  };
}

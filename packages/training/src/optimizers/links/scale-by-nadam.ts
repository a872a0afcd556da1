/** The link of Nadam: Adam that looks ahead along its momentum. */
import { powInteger } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { towards } from './towards.js';

export interface ScaleByNadamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * μt = β1·(1 − ½·0.96^t) and Pt their product up to t;  m, v as in Adam;
 * the change becomes (μt+1·m/(1−Pt+1) + (1−μt)·g/(1−Pt)) / (√(v/(1−β2^t)) + ε)
 *
 * Slots    m, v, of the parameter's shape
 * Source   Dozat 2016, Incorporating Nesterov Momentum into Adam
 */
export function scaleByNadam(options: ScaleByNadamOptions): ParamLink {
  const { beta1, beta2, epsilon } = checkLink('scaleByNadam', options, ['beta1', 'beta2', 'epsilon']);
  return {
    init: (param) => ({ m: tf.zerosLike(param), v: tf.zerosLike(param) }),
    update: ({ change, slots }, { step }) => {
      const m = towards(slots.m!, change, 1 - beta1);
      const v = towards(slots.v!, tf.square(change), 1 - beta2);
      const [now, next] = [momentumAt(beta1, step), momentumAt(beta1, step + 1)];
      const product = momentumProduct(beta1, step);
      const ahead = tf.add(tf.mul(m, next / (1 - product * next)), tf.mul(change, (1 - now) / (1 - product)));
      const root = tf.sqrt(tf.div(v, 1 - powInteger(beta2, step)));
      return { change: tf.div(ahead, tf.add(root, epsilon)), slots: { m, v } };
    },
  };
}

function momentumAt(beta1: number, step: number): number {
  return beta1 * (1 - 0.5 * powInteger(0.96, step));
}

/** Of steps 1 to `step`. It is too small to matter long before there are many. */
function momentumProduct(beta1: number, step: number): number {
  let product = 1;
  let power = 1;
  for (let t = 1; t <= step && product > 1e-20; t++) {
    power *= 0.96;
    product *= beta1 * (1 - 0.5 * power);
  }
  return product;
}

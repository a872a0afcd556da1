/** The link of Adamax: the mean gradient over the largest gradient of late. */
import { powInteger } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { towards } from './towards.js';

export interface ScaleByAdamaxOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/**
 * m += (1−β1)(g − m);  u = max(β2·u, |g|);  the change becomes m/((1−β1^t)·(u + ε))
 *
 * Slots    m · norm: u, both of the parameter's shape
 * Source   Kingma and Ba 2015, arXiv:1412.6980, §7.1
 */
export function scaleByAdamax(options: ScaleByAdamaxOptions): ParamLink {
  const { beta1, beta2, epsilon } = checkLink('scaleByAdamax', options, ['beta1', 'beta2', 'epsilon']);
  return {
    init: (param) => ({ m: tf.zerosLike(param), norm: tf.zerosLike(param) }),
    update: ({ change, slots }, { step }) => {
      const m = towards(slots.m!, change, 1 - beta1);
      const norm = tf.maximum(tf.abs(change), tf.mul(slots.norm!, beta2));
      const correction = 1 - powInteger(beta1, step);
      return { change: tf.div(m, tf.mul(tf.add(norm, epsilon), correction)), slots: { m, norm } };
    },
  };
}

/** The link of Adam: the mean gradient over the root of the mean squared gradient. */
import { powInteger } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { towards } from './towards.js';

export interface ScaleByAdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Divides by the largest mean of squares so far. Default false. */
  readonly amsgrad?: boolean;
}

/**
 * m += (1−β1)(g − m);  v += (1−β2)(g² − v);  the change becomes √(1−β2^t)/(1−β1^t) · m/(√v + ε)
 *
 * Slots    m, v, and with `amsgrad` vMax, of the parameter's shape
 * Source   Kingma and Ba 2015, arXiv:1412.6980, end of §2; Reddi et al. 2018, arXiv:1904.09237 (amsgrad)
 */
export function scaleByAdam(options: ScaleByAdamOptions): ParamLink {
  const {
    beta1,
    beta2,
    epsilon,
    amsgrad = false,
  } = checkLink('scaleByAdam', options, ['beta1', 'beta2', 'epsilon']);
  return {
    init: (param) => ({
      m: tf.zerosLike(param),
      v: tf.zerosLike(param),
      ...(amsgrad ? { vMax: tf.zerosLike(param) } : {}),
    }),
    update: ({ change, slots }, { step }) => {
      const m = towards(slots.m!, change, 1 - beta1);
      const v = towards(slots.v!, tf.square(change), 1 - beta2);
      const vMax = amsgrad ? tf.maximum(v, slots.vMax!) : undefined;
      const correction = Math.sqrt(1 - powInteger(beta2, step)) / (1 - powInteger(beta1, step));
      return {
        change: tf.div(tf.mul(m, correction), tf.add(tf.sqrt(vMax ?? v), epsilon)),
        slots: { m, v, ...(vMax ? { vMax } : {}) },
      };
    },
  };
}

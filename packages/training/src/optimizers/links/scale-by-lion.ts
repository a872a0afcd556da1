/** The link of Lion: the sign of a running mean. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { blend } from './towards.js';

export interface ScaleByLionOptions {
  readonly beta1: number;
  readonly beta2: number;
}

/**
 * The change becomes sign(β1·m + (1−β1)·g);  then m = β2·m + (1−β2)·g
 *
 * Slots    m, of the parameter's shape
 * Source   Chen et al. 2023, arXiv:2302.06675
 */
export function scaleByLion(options: ScaleByLionOptions): ParamLink {
  const { beta1, beta2 } = checkLink('scaleByLion', options, ['beta1', 'beta2']);
  return {
    init: (param) => ({ m: tf.zerosLike(param) }),
    update: ({ change: gradient, slots }) => {
      const mixed = blend(slots.m!, gradient, beta1);
      // 0·mixed is NaN where tfjs gives NaN and infinities a sign
      const change = tf.add(sign(mixed), tf.mul(mixed, 0));
      return { change, slots: { m: blend(slots.m!, gradient, beta2) } };
    },
  };
}

/** Not tf.sign, whose wasm kernel gives 0 for small numbers. */
function sign(x: tf.Tensor): tf.Tensor {
  return tf.sub(tf.cast(tf.greater(x, 0), 'float32'), tf.cast(tf.less(x, 0), 'float32'));
}

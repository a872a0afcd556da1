/** The link that takes a part of the last step again. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';

export interface MomentumOptions {
  /** Part of the last step that is taken again. */
  readonly decay: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

/**
 * u = μ·u + change; the change becomes u, or with Nesterov's form μ·u + change.
 *
 * Slots    momentum: u, of the parameter's shape
 * Source   Sutskever et al. 2013
 */
export function momentum(options: MomentumOptions): ParamLink {
  const { decay, nesterov = false } = checkLink('momentum', options, ['decay']);
  return {
    init: (param) => ({ momentum: tf.zerosLike(param) }),
    update: ({ change, slots }) => {
      const u = tf.add(tf.mul(slots.momentum!, decay), change);
      return { change: nesterov ? tf.add(tf.mul(u, decay), change) : u, slots: { momentum: u } };
    },
  };
}

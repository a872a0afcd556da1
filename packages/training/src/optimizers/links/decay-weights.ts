/** The link that makes weights smaller by a part of themselves. */
import * as tf from '@tensorflow/tfjs-core';
import { checkLink } from './check-link.js';
import type { ParamLink } from './link.js';
import { matchesPath } from './path-pattern.js';

export interface DecayWeightsOptions {
  /** Part of a weight that goes at a learning rate of 1. */
  readonly rate: number;
  /** Weights that stay: see `excludeFromWeightDecay`. Default none. */
  readonly exclude?: readonly string[];
}

/**
 * w −= lr·rate·w, apart from the gradient's step.
 *
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101
 */
export function decayWeights(options: DecayWeightsOptions): ParamLink {
  checkLink('decayWeights', options, ['rate']);
  return {
    update: ({ path, param }, { learningRate }) => {
      const rate = decayAt(options, path);
      return rate === 0 ? {} : { param: tf.mul(param, 1 - learningRate * rate) };
    },
  };
}

/** The rate of one weight: 0 where it is left out. */
export function decayAt({ rate, exclude = [] }: DecayWeightsOptions, path: string): number {
  return exclude.some((pattern) => matchesPath(pattern, path)) ? 0 : rate;
}

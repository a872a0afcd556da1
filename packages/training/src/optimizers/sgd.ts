/** Stochastic gradient descent, with or without momentum. */
import {
  checkBoolean,
  checkFields,
  type JsonObject,
  type KernelFinder,
  type Optimizer,
  type ParamUpdate,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { checkDecay, checkLearningRate } from './optimizer-options.js';

export interface SGDOptions {
  /** Default 0.01. */
  readonly learningRate?: number;
  /** Part of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

const DEFAULTS = { learningRate: 0.01, momentum: 0, nesterov: false } as const;

class SGD implements Optimizer {
  readonly name = 'sgd';
  readonly slotNames: readonly string[];
  readonly #options: Required<SGDOptions>;
  #learningRate: number;

  constructor(options: SGDOptions) {
    checkFields('sgd', options, Object.keys(DEFAULTS));
    this.#options = { ...DEFAULTS, ...options };
    const { learningRate, momentum, nesterov } = this.#options;
    checkLearningRate('sgd', learningRate);
    checkDecay('sgd', 'momentum', momentum);
    checkBoolean('sgd', 'nesterov', nesterov);
    this.#learningRate = learningRate;
    this.slotNames = momentum > 0 ? ['velocity'] : [];
  }

  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    checkLearningRate('sgd', value);
    this.#learningRate = value;
  }

  get config(): JsonObject {
    return givenOptions({ ...this.#options, learningRate: this.#learningRate }, DEFAULTS);
  }

  update(given: ParamUpdate, kernels: KernelFinder): { param: tf.Tensor; slots: readonly tf.Tensor[] } {
    const { momentum, nesterov } = this.#options;
    const { param, gradient, slots } = given;
    const config = { learningRate: this.#learningRate, momentum, nesterov };
    const fused = kernels.use('optimizer.sgd', config);
    if (fused) return { param: fused.run({ param, gradient, slots }, config), slots };
    const step = tf.mul(gradient, this.#learningRate);
    if (momentum === 0) return { param: tf.sub(param, step), slots };
    const velocity = tf.sub(tf.mul(slots[0]!, momentum), step);
    const change = nesterov ? tf.sub(tf.mul(velocity, momentum), step) : velocity;
    return { param: tf.add(param, change), slots: [velocity] };
  }
}

/**
 * Gradient descent.
 *
 * w −= lr·g; with momentum u = μ·u − lr·g and w += u, or with Nesterov's w += μ·u − lr·g
 *
 * Throws   `config-learning-rate`, `config-decay`
 *
 * @example
 * model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'mse' });
 */
export function sgd(options: SGDOptions = {}): Optimizer {
  return new SGD(options);
}

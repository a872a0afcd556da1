/** RMSprop: steps scaled by the root of a running mean of squared gradients. */
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
import { checkDecay, checkEpsilon, checkLearningRate } from './optimizer-options.js';

export interface RMSpropOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of squared gradients. Default 0.9. */
  readonly rho?: number;
  /** Part of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Scales by the variance instead of the mean square. Default false. */
  readonly centered?: boolean;
}

const DEFAULTS = { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false } as const;

class RMSprop implements Optimizer {
  readonly name = 'rmsprop';
  readonly slotNames: readonly string[];
  readonly #options: Required<RMSpropOptions>;
  #learningRate: number;

  constructor(options: RMSpropOptions) {
    checkFields('rmsprop', options, Object.keys(DEFAULTS));
    this.#options = { ...DEFAULTS, ...options };
    const { learningRate, rho, momentum, epsilon, centered } = this.#options;
    checkLearningRate('rmsprop', learningRate);
    checkDecay('rmsprop', 'rho', rho);
    checkDecay('rmsprop', 'momentum', momentum);
    checkEpsilon('rmsprop', epsilon);
    checkBoolean('rmsprop', 'centered', centered);
    this.#learningRate = learningRate;
    this.slotNames = ['v', ...(momentum > 0 ? ['momentum'] : []), ...(centered ? ['mean'] : [])];
  }

  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    checkLearningRate('rmsprop', value);
    this.#learningRate = value;
  }

  get config(): JsonObject {
    return givenOptions({ ...this.#options, learningRate: this.#learningRate }, DEFAULTS);
  }

  update(given: ParamUpdate, kernels: KernelFinder): { param: tf.Tensor; slots: readonly tf.Tensor[] } {
    const { rho, momentum, epsilon, centered } = this.#options;
    const { param, gradient, slots } = given;
    const config = { learningRate: this.#learningRate, rho, momentum, epsilon, centered };
    const fused = kernels.use('optimizer.rmsprop', config);
    if (fused) return { param: fused.run({ param, gradient, slots }, config), slots };
    const decay = (from: tf.Tensor, to: tf.Tensor) => tf.add(tf.mul(from, rho), tf.mul(to, 1 - rho));
    const v = decay(slots[0]!, tf.square(gradient));
    const mean = centered ? [decay(slots.at(-1)!, gradient)] : [];
    const spread = mean[0] ? tf.sub(v, tf.square(mean[0])) : v;
    const step = tf.div(tf.mul(gradient, this.#learningRate), tf.sqrt(tf.add(spread, epsilon)));
    const moved = momentum > 0 ? [tf.add(tf.mul(slots[1]!, momentum), step)] : [];
    return { param: tf.sub(param, moved[0] ?? step), slots: [v, ...moved, ...mean] };
  }
}

/**
 * RMSprop.
 *
 * v = ρ·v + (1−ρ)·g²;  step = lr·g/√(v + ε), with `centered` lr·g/√(v − mean² + ε);  u = μ·u + step;  w −= u
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`
 * Source   Tieleman and Hinton 2012, lecture 6.5
 *
 * @example
 * model.compile({ optimizer: rmsprop({ learningRate: 0.002 }), loss: 'mse' });
 */
export function rmsprop(options: RMSpropOptions = {}): Optimizer {
  return new RMSprop(options);
}

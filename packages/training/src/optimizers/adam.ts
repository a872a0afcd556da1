/** Adam: steps scaled by running moments of the gradient. */
import {
  checkBoolean,
  checkFields,
  type JsonObject,
  type KernelFinder,
  type Optimizer,
  type ParamUpdate,
  powInteger,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { checkDecay, checkEpsilon, checkLearningRate } from './optimizer-options.js';

export interface AdamOptions {
  /** Default 0.001. */
  readonly learningRate?: number;
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Uses the largest mean of squares so far. Runs without a fused kernel. Default false. */
  readonly amsgrad?: boolean;
}

const DEFAULTS = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false } as const;

class Adam implements Optimizer {
  readonly name = 'adam';
  readonly slotNames: readonly string[];
  readonly #options: Required<AdamOptions>;
  #learningRate: number;

  constructor(options: AdamOptions) {
    checkFields('adam', options, Object.keys(DEFAULTS));
    this.#options = { ...DEFAULTS, ...options };
    const { learningRate, beta1, beta2, epsilon, amsgrad } = this.#options;
    checkLearningRate('adam', learningRate);
    checkDecay('adam', 'beta1', beta1);
    checkDecay('adam', 'beta2', beta2);
    checkEpsilon('adam', epsilon);
    checkBoolean('adam', 'amsgrad', amsgrad);
    this.#learningRate = learningRate;
    this.slotNames = amsgrad ? ['m', 'v', 'vMax'] : ['m', 'v'];
  }

  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    checkLearningRate('adam', value);
    this.#learningRate = value;
  }

  get config(): JsonObject {
    return givenOptions({ ...this.#options, learningRate: this.#learningRate }, DEFAULTS);
  }

  update(given: ParamUpdate, kernels: KernelFinder): { param: tf.Tensor; slots: readonly tf.Tensor[] } {
    const { beta1, beta2, epsilon, amsgrad } = this.#options;
    const { param, gradient, slots, step } = given;
    if (!amsgrad) {
      const config = { learningRate: this.#learningRate, beta1, beta2, epsilon, step };
      const fused = kernels.use('optimizer.adam', config);
      if (fused) return { param: fused.run({ param, gradient, slots }, config), slots };
    }
    const m = towards(slots[0]!, gradient, 1 - beta1);
    const v = towards(slots[1]!, tf.square(gradient), 1 - beta2);
    const vMax = amsgrad ? [tf.maximum(slots[2]!, v)] : [];
    const alpha =
      (this.#learningRate * Math.sqrt(1 - powInteger(beta2, step))) / (1 - powInteger(beta1, step));
    const change = tf.div(tf.mul(m, alpha), tf.add(tf.sqrt(vMax[0] ?? v), epsilon));
    return { param: tf.sub(param, change), slots: [m, v, ...vMax] };
  }
}

function towards(from: tf.Tensor, to: tf.Tensor, part: number): tf.Tensor {
  return tf.add(from, tf.mul(tf.sub(to, from), part));
}

/**
 * Adam, with the bias corrections in the step size and epsilon outside of them, as in Keras.
 *
 * m += (1−β1)(g − m);  v += (1−β2)(g² − v);  w −= lr·√(1−β2^t)/(1−β1^t) · m/(√v + ε)
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`
 * Source   Kingma and Ba 2015, arXiv:1412.6980, end of §2
 * Differs  tfjs corrects v before it adds ε
 *
 * @example
 * model.compile({ optimizer: adam({ learningRate: 0.002 }), loss: 'mse' });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return new Adam(options);
}

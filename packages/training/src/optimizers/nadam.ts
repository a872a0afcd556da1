/** Nadam: Adam with Nesterov's momentum. */
import type { Optimizer } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer } from './define-optimizer.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { scaleByNadam } from './links/scale-by-nadam.js';
import { checkDecay, checkEpsilon } from './optimizer-options.js';

export interface NadamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Nadam.
 *
 * μt = β1·(1 − ½·0.96^t) and Pt their product up to t;  m, v as in Adam;
 * w −= lr·(μt+1·m/(1−Pt+1) + (1−μt)·g/(1−Pt)) / (√(v/(1−β2^t)) + ε)
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`, `config-…`
 * Source   Dozat 2016, Incorporating Nesterov Momentum into Adam
 *
 * @example
 * model.compile({ optimizer: nadam({ learningRate: 0.002 }), loss: 'mse' });
 */
export const nadam: (options?: NadamOptions) => Optimizer = /* @__PURE__ */ defineOptimizer<NadamOptions>({
  name: 'nadam',
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  checks: { beta1: checkDecay, beta2: checkDecay, epsilon: checkEpsilon },
  links: (options) => [scaleByNadam(options), scaleByLearningRate()],
});

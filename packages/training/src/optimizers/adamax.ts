/** Adamax: Adam with the largest gradient of late in place of the root of a mean square. */
import type { Optimizer } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer } from './define-optimizer.js';
import { scaleByAdamax } from './links/scale-by-adamax.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { checkDecay, checkEpsilon } from './optimizer-options.js';

export interface AdamaxOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the largest gradient. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adamax.
 *
 * m += (1−β1)(g − m);  u = max(β2·u, |g|);  w −= lr/(1−β1^t) · m/(u + ε)
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`, `config-…`
 * Source   Kingma and Ba 2015, arXiv:1412.6980, §7.1
 *
 * @example
 * model.compile({ optimizer: adamax({ learningRate: 0.002 }), loss: 'mse' });
 */
export const adamax: (options?: AdamaxOptions) => Optimizer = /* @__PURE__ */ defineOptimizer<AdamaxOptions>({
  name: 'adamax',
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
  checks: { beta1: checkDecay, beta2: checkDecay, epsilon: checkEpsilon },
  links: (options) => [scaleByAdamax(options), scaleByLearningRate()],
});

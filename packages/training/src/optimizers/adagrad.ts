/** Adagrad: steps that shrink with all gradients so far. */
import { checkNotNegative, type Optimizer } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer } from './define-optimizer.js';
import { scaleByAdagrad } from './links/scale-by-adagrad.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { checkEpsilon } from './optimizer-options.js';

export interface AdagradOptions extends OptimizerOptions {
  /** What the sums of squares begin with. Default 0.1. */
  readonly initialAccumulatorValue?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adagrad.
 *
 * s += g²;  w −= lr·g/√(s + ε)
 *
 * Throws   `config-learning-rate`, `config-initial-accumulator-value`, `config-epsilon`, `config-…`
 * Source   Duchi et al. 2011
 *
 * @example
 * model.compile({ optimizer: adagrad({ learningRate: 0.01 }), loss: 'mse' });
 */
export const adagrad: (options?: AdagradOptions) => Optimizer =
  /* @__PURE__ */ defineOptimizer<AdagradOptions>({
    name: 'adagrad',
    defaults: { learningRate: 0.001, initialAccumulatorValue: 0.1, epsilon: 1e-7 },
    checks: { initialAccumulatorValue: checkNotNegative, epsilon: checkEpsilon },
    links: (options) => [scaleByAdagrad(options), scaleByLearningRate()],
  });

/** Adadelta: steps scaled by the steps before them. */
import type { Optimizer } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer } from './define-optimizer.js';
import { scaleByAdadelta } from './links/scale-by-adadelta.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { checkDecay, checkEpsilon } from './optimizer-options.js';

export interface AdadeltaOptions extends OptimizerOptions {
  /** Decay of both means of squares. Default 0.95. */
  readonly rho?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
}

/**
 * Adadelta. The paper's form has a learning rate of 1; the default is Keras', 0.001.
 *
 * s = ρ·s + (1−ρ)·g²;  d = √(u + ε)/√(s + ε) · g;  u = ρ·u + (1−ρ)·d²;  w −= lr·d
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`, `config-…`
 * Source   Zeiler 2012, arXiv:1212.5701
 *
 * @example
 * model.compile({ optimizer: adadelta({ learningRate: 1 }), loss: 'mse' });
 */
export const adadelta: (options?: AdadeltaOptions) => Optimizer =
  /* @__PURE__ */ defineOptimizer<AdadeltaOptions>({
    name: 'adadelta',
    defaults: { learningRate: 0.001, rho: 0.95, epsilon: 1e-7 },
    checks: { rho: checkDecay, epsilon: checkEpsilon },
    links: (options) => [scaleByAdadelta(options), scaleByLearningRate()],
  });

/** Lion: steps of one size for all weights, in the direction of a running mean. */
import { type Optimizer, OstinatoError, show } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer } from './define-optimizer.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { scaleByLion } from './links/scale-by-lion.js';
import { checkDecay } from './optimizer-options.js';

export interface LionOptions extends OptimizerOptions {
  /** How much of the mean is in a step: in (0, 1]. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of gradients. Default 0.99. */
  readonly beta2?: number;
}

/**
 * Lion. Its steps are larger than Adam's: a learning rate 3 to 10 times smaller does as much.
 *
 * w −= lr·sign(β1·m + (1−β1)·g);  m = β2·m + (1−β2)·g
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-…`
 * Source   Chen et al. 2023, arXiv:2302.06675
 *
 * @example
 * model.compile({ optimizer: lion({ learningRate: 0.0003 }), loss: 'mse' });
 */
export const lion: (options?: LionOptions) => Optimizer = /* @__PURE__ */ defineOptimizer<LionOptions>({
  name: 'lion',
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.99 },
  checks: { beta1: checkPart, beta2: checkDecay },
  links: (options) => [scaleByLion(options), scaleByLearningRate()],
});

/** 0 would leave nothing of the mean: the sign of the gradient alone. */
function checkPart(where: string, name: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  throw new OstinatoError('config-decay', {
    where,
    what: `\`${name}\` is not a part of the mean`,
    expected: 'a number in (0, 1]',
    received: show(value),
  });
}

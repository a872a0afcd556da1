/** Stochastic gradient descent, with or without momentum. */
import { checkBoolean, type Optimizer, type UpdateContext } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer, type FusedUpdate } from './define-optimizer.js';
import { momentum } from './links/momentum.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { checkDecay } from './optimizer-options.js';

export interface SGDOptions extends OptimizerOptions {
  /** Part of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Looks ahead along the momentum. Default false. */
  readonly nesterov?: boolean;
}

type SGDSettings = Required<Omit<SGDOptions, keyof OptimizerOptions>>;

/**
 * Gradient descent.
 *
 * w −= lr·g; with momentum u = μ·u + lr·g and w −= u, or with Nesterov's w −= μ·u + lr·g
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-…`, `optimizer-clipping`
 * Differs  the slot is −1 times that of Keras
 *
 * @example
 * model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: 'mse' });
 */
export const sgd: (options?: SGDOptions) => Optimizer = /* @__PURE__ */ defineOptimizer<SGDOptions>({
  name: 'sgd',
  defaults: { learningRate: 0.01, momentum: 0, nesterov: false },
  checks: { momentum: checkDecay, nesterov: checkBoolean },
  links: ({ momentum: decay, nesterov }) => [
    scaleByLearningRate(),
    ...(decay > 0 ? [momentum({ decay, nesterov })] : []),
  ],
  fused: fusedSGD,
});

function fusedSGD(options: SGDSettings, context: UpdateContext): FusedUpdate | undefined {
  const { momentum: decay, nesterov } = options;
  const config = { learningRate: context.learningRate, momentum: decay, nesterov };
  const kernel = context.kernels.use('optimizer.sgd', config);
  return (
    kernel &&
    (({ param, gradient, slots }) => ({
      param: kernel.run({ param, gradient, slots: slots.momentum ? [slots.momentum] : [] }, config),
      slots,
    }))
  );
}

/** AdamW: Adam with weight decay apart from the gradient. */
import { checkNotNegative, type Optimizer } from '@ostinato/core';
import { ADAM, type AdamOptions } from './adam.js';
import { defineOptimizer } from './define-optimizer.js';

/** Those of Adam; the default of `weightDecay` is 0.004. */
export interface AdamWOptions extends AdamOptions {
  readonly weightDecay?: number;
}

const make = /* @__PURE__ */ defineOptimizer<AdamOptions>({
  name: 'adamw',
  ...ADAM,
  defaults: { ...ADAM.defaults, weightDecay: 0.004 },
});

/**
 * AdamW. Its fused kernel is Adam's, which makes the weights smaller in the same pass.
 *
 * w −= lr·λ·w;  then a step of Adam
 *
 * Throws   `config-weight-decay` also for null; else as Adam
 * Source   Loshchilov and Hutter 2019, arXiv:1711.05101
 *
 * @example
 * model.compile({ optimizer: adamw({ weightDecay: 0.01, excludeFromWeightDecay: ['bias'] }), loss: 'mse' });
 */
export function adamw(options: AdamWOptions = {}): Optimizer {
  if (options?.weightDecay !== undefined) checkNotNegative('adamw', 'weightDecay', options.weightDecay);
  return make(options);
}

/** RMSprop: steps scaled by the root of a running mean of squared gradients. */
import { checkBoolean, type Optimizer, type UpdateContext } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer, type FusedUpdate } from './define-optimizer.js';
import { momentum } from './links/momentum.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { scaleByRms } from './links/scale-by-rms.js';
import { checkDecay, checkEpsilon } from './optimizer-options.js';

export interface RMSpropOptions extends OptimizerOptions {
  /** Decay of the mean of squared gradients. Default 0.9. */
  readonly rho?: number;
  /** Part of the last step that is taken again. Default 0. */
  readonly momentum?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Scales by the variance instead of the mean square. Default false. */
  readonly centered?: boolean;
}

type RMSpropSettings = Required<Omit<RMSpropOptions, keyof OptimizerOptions>>;

/**
 * RMSprop.
 *
 * v = ρ·v + (1−ρ)·g²;  step = lr·g/√(v + ε), with `centered` lr·g/√(v − mean² + ε);  u = μ·u + step;  w −= u
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`, `config-…`, `optimizer-clipping`
 * Source   Tieleman and Hinton 2012, lecture 6.5
 *
 * @example
 * model.compile({ optimizer: rmsprop({ learningRate: 0.002 }), loss: 'mse' });
 */
export const rmsprop: (options?: RMSpropOptions) => Optimizer =
  /* @__PURE__ */ defineOptimizer<RMSpropOptions>({
    name: 'rmsprop',
    defaults: { learningRate: 0.001, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false },
    checks: { rho: checkDecay, momentum: checkDecay, epsilon: checkEpsilon, centered: checkBoolean },
    links: ({ rho, momentum: decay, epsilon, centered }) => [
      scaleByRms({ rho, epsilon, centered }),
      scaleByLearningRate(),
      ...(decay > 0 ? [momentum({ decay })] : []),
    ],
    fused: fusedRMSprop,
  });

function fusedRMSprop(options: RMSpropSettings, context: UpdateContext): FusedUpdate | undefined {
  const { rho, momentum: decay, epsilon, centered } = options;
  const config = { learningRate: context.learningRate, rho, momentum: decay, epsilon, centered };
  const kernel = context.kernels.use('optimizer.rmsprop', config);
  if (!kernel) return undefined;
  return ({ param, gradient, slots }) => {
    const places = [slots.v, slots.momentum, slots.mean].filter((slot) => slot !== undefined);
    return { param: kernel.run({ param, gradient, slots: places }, config), slots };
  };
}

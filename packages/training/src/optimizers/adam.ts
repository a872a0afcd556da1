/** Adam: steps scaled by running moments of the gradient. */
import { checkBoolean, type Optimizer, type UpdateContext } from '@ostinato/core';
import type { OptimizerOptions } from './common-options.js';
import { defineOptimizer, type FusedUpdate } from './define-optimizer.js';
import { scaleByAdam } from './links/scale-by-adam.js';
import { scaleByLearningRate } from './links/scale-by-learning-rate.js';
import { checkDecay, checkEpsilon } from './optimizer-options.js';

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the mean of gradients. Default 0.9. */
  readonly beta1?: number;
  /** Decay of the mean of squared gradients. Default 0.999. */
  readonly beta2?: number;
  /** Default 1e-7. */
  readonly epsilon?: number;
  /** Uses the largest mean of squares so far. Runs without a fused kernel. Default false. */
  readonly amsgrad?: boolean;
}

type AdamSettings = Required<Omit<AdamOptions, keyof OptimizerOptions>>;

/** Defaults, checks, links and kernel of Adam, which AdamW shares. */
export const ADAM = {
  defaults: { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, amsgrad: false },
  checks: { beta1: checkDecay, beta2: checkDecay, epsilon: checkEpsilon, amsgrad: checkBoolean },
  links: (options: AdamSettings) => [scaleByAdam(options), scaleByLearningRate()],
  fused: fusedAdam,
  decays: true,
};

function fusedAdam(options: AdamSettings, context: UpdateContext): FusedUpdate | undefined {
  const { beta1, beta2, epsilon, amsgrad } = options;
  const { learningRate, step, kernels } = context;
  if (amsgrad) {
    kernels.without('optimizer.adam', 'amsgrad');
    return undefined;
  }
  const config = { learningRate, beta1, beta2, epsilon, step };
  const kernel = kernels.use('optimizer.adam', config);
  return (
    kernel &&
    (({ param, gradient, slots }, weightDecay) => ({
      param: kernel.run({ param, gradient, slots: [slots.m!, slots.v!] }, { weightDecay, ...config }),
      slots,
    }))
  );
}

/**
 * Adam, with the bias corrections in the step size and epsilon outside of them, as in Keras.
 *
 * m += (1−β1)(g − m);  v += (1−β2)(g² − v);  w −= lr·√(1−β2^t)/(1−β1^t) · m/(√v + ε)
 *
 * Throws   `config-learning-rate`, `config-decay`, `config-epsilon`, `config-…`, `optimizer-clipping`
 * Source   Kingma and Ba 2015, arXiv:1412.6980, end of §2
 * Differs  tfjs corrects v before it adds ε
 *
 * @example
 * model.compile({ optimizer: adam({ learningRate: 0.002 }), loss: 'mse' });
 */
export const adam: (options?: AdamOptions) => Optimizer = /* @__PURE__ */ defineOptimizer<AdamOptions>({
  name: 'adam',
  ...ADAM,
});

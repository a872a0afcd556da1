/** What layer and batch normalization share: the learnt scale and shift, their options, and the formula. */
import {
  type BuildContext,
  type Constraint,
  type ConstraintName,
  checkBoolean,
  checkNotNegative,
  type Initializer,
  type InitializerName,
  type Param,
  type Regularizer,
  type RegularizerName,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { resolvedInBuild } from './layer-options.js';

/** Options of the scale γ and the shift β. */
export interface NormalizationOptions {
  /** Added to the variance. Default 0.001, as in Keras. */
  readonly epsilon?: number;
  /** Whether β is added. Default true. */
  readonly center?: boolean;
  /** Whether γ multiplies. Default true. */
  readonly scale?: boolean;
  /** Default `zeros`. */
  readonly betaInitializer?: InitializerName | Initializer;
  /** Default `ones`. */
  readonly gammaInitializer?: InitializerName | Initializer;
  readonly betaRegularizer?: RegularizerName | Regularizer | null;
  readonly gammaRegularizer?: RegularizerName | Regularizer | null;
  readonly betaConstraint?: ConstraintName | Constraint | null;
  readonly gammaConstraint?: ConstraintName | Constraint | null;
}

export const NORMALIZATION_DEFAULTS: Required<NormalizationOptions> = {
  epsilon: 1e-3,
  center: true,
  scale: true,
  betaInitializer: 'zeros',
  gammaInitializer: 'ones',
  betaRegularizer: null,
  gammaRegularizer: null,
  betaConstraint: null,
  gammaConstraint: null,
};

export const NORMALIZATION_CHECKS = {
  epsilon: checkNotNegative,
  center: checkBoolean,
  scale: checkBoolean,
  betaInitializer: resolvedInBuild,
  gammaInitializer: resolvedInBuild,
  betaRegularizer: resolvedInBuild,
  gammaRegularizer: resolvedInBuild,
  betaConstraint: resolvedInBuild,
  gammaConstraint: resolvedInBuild,
};

/** γ and β, as far as there are any. */
export interface ScaleAndShift {
  readonly gamma: Param | undefined;
  readonly beta: Param | undefined;
}

/** Makes γ, then β. */
export function scaleAndShift(
  context: BuildContext,
  shape: readonly number[],
  options: Required<NormalizationOptions>,
): ScaleAndShift {
  const gamma = options.scale
    ? context.param('gamma', shape, {
        initializer: options.gammaInitializer,
        regularizer: options.gammaRegularizer,
        constraint: options.gammaConstraint,
      })
    : undefined;
  const beta = options.center
    ? context.param('beta', shape, {
        initializer: options.betaInitializer,
        regularizer: options.betaRegularizer,
        constraint: options.betaConstraint,
      })
    : undefined;
  return { gamma, beta };
}

/** Mean and variance, with the axes that they were taken over kept as 1. */
export interface Moments {
  readonly mean: tf.Tensor;
  readonly variance: tf.Tensor;
}

/** (x − mean) / √(variance + ε) · γ + β, with weights stretched along the axes where `shape` has 1. */
export function normalize(
  x: tf.Tensor,
  { mean, variance }: Moments,
  epsilon: number,
  { gamma, beta }: ScaleAndShift,
  shape: number[],
): tf.Tensor {
  const inverse = tf.rsqrt(tf.add(variance, epsilon));
  const factor = gamma ? tf.mul(inverse, tf.reshape(gamma.tensor, shape)) : inverse;
  const scaled = tf.mul(tf.sub(x, mean), factor);
  return beta ? tf.add(scaled, tf.reshape(beta.tensor, shape)) : scaled;
}

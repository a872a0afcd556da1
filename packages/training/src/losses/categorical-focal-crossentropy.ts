/** Categorical focal cross-entropy: one class of several, where classes found with ease count little. */
import {
  checkBoolean,
  checkFraction,
  checkNotNegative,
  fillOptions,
  type Loss,
  OstinatoError,
  show,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets } from './align-targets.js';
import { checkLossAxis, withLastAxis } from './along-axis.js';
import { checkProportions } from './class-targets.js';
import { boundedProportions } from './log-probabilities.js';
import { power } from './power.js';
import { smoothedTo } from './smoothed-to.js';

export interface CategoricalFocalCrossentropyOptions {
  /** A weight for all classes, or one for each. Default 0.25. */
  readonly alpha?: number | readonly number[];
  /** How much less classes found with ease count; 0: all the same. Default 2. */
  readonly gamma?: number;
  /** true: predictions are logits; false: probabilities, which are divided by their sum. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets this part of the way to 1/classes. Default 0. */
  readonly labelSmoothing?: number;
  /** The axis of the classes. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'categoricalFocalCrossentropy';
const DEFAULTS: Required<CategoricalFocalCrossentropyOptions> = {
  alpha: 0.25,
  gamma: 2,
  fromLogits: false,
  labelSmoothing: 0,
  axis: -1,
};
const CHECKS = {
  alpha: checkAlpha,
  gamma: checkNotNegative,
  fromLogits: checkBoolean,
  labelSmoothing: checkFraction,
  axis: checkLossAxis,
};

/**
 * Categorical focal cross-entropy with one-hot (or soft) targets.
 *
 * −Σ alpha·(1 − p)^gamma·y·ln p over the classes, p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue and yPred f32[batch, …, classes] → f32[batch, …]
 * Units    labelSmoothing is a part in [0, 1]
 * Source   Lin et al. 2018, arXiv:1708.02002
 * Throws   `config-alpha`; `loss-alpha` when there are not as many weights as classes
 */
export function categoricalFocalCrossentropy(options: CategoricalFocalCrossentropyOptions = {}): Loss {
  const full = fillOptions(NAME, DEFAULTS, options, CHECKS);
  const { alpha, gamma, fromLogits, labelSmoothing, axis } = full;
  return {
    name: NAME,
    config: givenOptions({ ...full, alpha: typeof alpha === 'number' ? alpha : [...alpha] }, DEFAULTS),
    repeatable: true,
    apply(yTrue, yPred) {
      const predicted = withLastAxis(yPred, axis, NAME);
      const classes = predicted.shape.at(-1)!;
      checkAlphaCount(alpha, classes);
      const y = withLastAxis(alignTargets(yTrue, yPred), axis, NAME);
      const p = boundedProportions(fromLogits ? tf.softmax(predicted) : predicted);
      const entropies = tf.mul(smoothedTo(1 / classes, y, labelSmoothing), tf.log(p));
      const factors = tf.mul(power(tf.sub(1, p), gamma), alpha as tf.TensorLike);
      return tf.neg(tf.sum(tf.mul(factors, entropies), -1));
    },
    checkTargets: (targets, outputShape, where) => checkProportions(targets, outputShape, axis, where),
  };
}

function checkAlpha(where: string, _field: string, value: unknown): void {
  const weights: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (weights.length > 0 && weights.every((weight) => Number.isFinite(weight) && (weight as number) >= 0))
    return;
  throw new OstinatoError('config-alpha', {
    where,
    what: '`alpha` is neither a weight nor a list of weights',
    expected: 'finite numbers of at least 0',
    received: show(value),
  });
}

function checkAlphaCount(alpha: number | readonly number[], classes: number): void {
  if (typeof alpha === 'number' || alpha.length === classes) return;
  throw new OstinatoError('loss-alpha', {
    where: NAME,
    what: '`alpha` has not one weight for each class',
    expected: `${classes} weights`,
    received: String(alpha.length),
  });
}

/** Categorical cross-entropy: one class of several, targets as probabilities of each. */
import { checkBoolean, checkFraction, fillOptions, type Loss, logitsBehind } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets } from './align-targets.js';
import { checkLossAxis, withLastAxis } from './along-axis.js';
import { checkProportions } from './class-targets.js';
import { logOfProportions } from './log-probabilities.js';
import { smoothedTo } from './smoothed-to.js';

export interface CategoricalCrossentropyOptions {
  /** true: predictions are logits; false: probabilities, which are divided by their sum. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets this part of the way to 1/classes. Default 0. */
  readonly labelSmoothing?: number;
  /** The axis of the classes. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'categoricalCrossentropy';
const DEFAULTS: Required<CategoricalCrossentropyOptions> = { fromLogits: false, labelSmoothing: 0, axis: -1 };
const CHECKS = { fromLogits: checkBoolean, labelSmoothing: checkFraction, axis: checkLossAxis };

/**
 * Categorical cross-entropy with one-hot (or soft) targets.
 *
 * −Σ y·ln p over the last axis, p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue and yPred f32[batch, …, classes] → f32[batch, …]
 * Units    labelSmoothing is a part in [0, 1]
 * Throws   `target-value` for targets of one sample that do not sum to 1; all zeros are let through, for padded steps
 * Differs  right behind a softmax it is computed from the logits and has no bound, as Keras does on TensorFlow alone;
 *          labels are smoothed by the number of classes, Keras counts the last axis even where `axis` is another
 */
export function categoricalCrossentropy(options: CategoricalCrossentropyOptions = {}): Loss {
  const { fromLogits, labelSmoothing, axis } = fillOptions(NAME, DEFAULTS, options, CHECKS);
  return {
    name: NAME,
    config: givenOptions({ fromLogits, labelSmoothing, axis }, DEFAULTS),
    repeatable: true,
    apply(yTrue, yPred) {
      const y = withLastAxis(alignTargets(yTrue, yPred), axis, NAME);
      const predicted = withLastAxis(yPred, axis, NAME);
      const smoothed = smoothedTo(1 / predicted.shape.at(-1)!, y, labelSmoothing);
      const logits = fromLogits ? predicted : logitsBehind(predicted, 'softmax');
      const logP = logits ? tf.logSoftmax(logits) : logOfProportions(predicted);
      return tf.neg(tf.sum(tf.mul(smoothed, logP), -1));
    },
    checkTargets: (targets, outputShape, where) => checkProportions(targets, outputShape, axis, where),
  };
}

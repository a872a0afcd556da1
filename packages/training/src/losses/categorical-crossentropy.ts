/** Categorical cross-entropy: one class of several, targets as probabilities of each. */
import { checkBoolean, checkFields, type Loss, logitsBehind } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets, checkSameShape, checkTargetValues } from './align-targets.js';
import { checkLabelSmoothing } from './label-smoothing.js';
import { logOfProportions } from './log-probabilities.js';

export interface CategoricalCrossentropyOptions {
  /** true: predictions are logits; false: probabilities, which are divided by their sum. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets this part of the way to 1/classes. Default 0. */
  readonly labelSmoothing?: number;
}

const NAME = 'categoricalCrossentropy';
const DEFAULTS = { fromLogits: false, labelSmoothing: 0 } as const;

/**
 * Categorical cross-entropy with one-hot (or soft) targets.
 *
 * −Σ y·ln p over the last axis, p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue and yPred f32[batch, …, classes] → f32[batch, …]
 * Units    labelSmoothing is a part in [0, 1]
 * Differs  right behind a softmax it is computed from the logits and has no bound, as Keras does on TensorFlow alone
 */
export function categoricalCrossentropy(options: CategoricalCrossentropyOptions = {}): Loss {
  checkFields(NAME, options, Object.keys(DEFAULTS));
  const { fromLogits, labelSmoothing } = { ...DEFAULTS, ...options };
  checkBoolean(NAME, 'fromLogits', fromLogits);
  checkLabelSmoothing(NAME, labelSmoothing);
  return {
    name: NAME,
    config: givenOptions({ fromLogits, labelSmoothing }, DEFAULTS),
    apply(yTrue, yPred) {
      const aligned = alignTargets(yTrue, yPred);
      const classes = yPred.shape.at(-1)!;
      const smoothed =
        labelSmoothing === 0
          ? aligned
          : tf.add(tf.mul(aligned, 1 - labelSmoothing), labelSmoothing / classes);
      const logits = fromLogits ? yPred : logitsBehind(yPred, 'softmax');
      const logP = logits ? tf.logSoftmax(logits) : logOfProportions(yPred);
      return tf.neg(tf.sum(tf.mul(smoothed, logP), -1));
    },
    checkTargets(targets, outputShape, where) {
      checkSameShape(targets, outputShape, where);
      checkTargetValues(targets, (value) => value >= 0 && value <= 1, 'a number from 0 to 1', where);
    },
  };
}

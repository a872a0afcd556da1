/** Sparse categorical cross-entropy: one class of several, targets as class numbers. */
import { checkBoolean, fillOptions, type Loss, logitsBehind, OstinatoError, show } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { checkClassShape, checkTargetValues } from './align-targets.js';
import { checkLossAxis, shapeWithLastAxis, withLastAxis } from './along-axis.js';
import { classNumbers } from './class-numbers.js';
import { logOfBoundedProportions } from './log-probabilities.js';
import { atRank } from './reduce-loss.js';

export interface SparseCategoricalCrossentropyOptions {
  /** true: predictions are logits; false: probabilities, which are divided by their sum. Default false. */
  readonly fromLogits?: boolean;
  /** Targets of this class number (it may lie outside of the classes, such as −1 or 255) do not count. Default null. */
  readonly ignoreClass?: number | null;
  /** The axis of the classes. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'sparseCategoricalCrossentropy';
const DEFAULTS: Required<SparseCategoricalCrossentropyOptions> = {
  fromLogits: false,
  ignoreClass: null,
  axis: -1,
};
const CHECKS = { fromLogits: checkBoolean, ignoreClass: checkIgnored, axis: checkLossAxis };

/**
 * Categorical cross-entropy with class numbers as targets.
 *
 * −ln p of the target's class, p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue whole numbers [batch, …] or [batch, …, 1], yPred f32[batch, …, classes] → f32[batch, …]
 * Throws   `target-value` for a class number outside [0, classes) that is not `ignoreClass`
 * Differs  right behind a softmax it is computed from the logits and has no bound, as Keras does on TensorFlow alone. As a
 *          metric it leaves targets of `ignoreClass` out of the mean, in which Keras counts them as 0
 */
export function sparseCategoricalCrossentropy(options: SparseCategoricalCrossentropyOptions = {}): Loss {
  const { fromLogits, ignoreClass, axis } = fillOptions(NAME, DEFAULTS, options, CHECKS);
  return {
    name: NAME,
    config: givenOptions({ fromLogits, ignoreClass, axis }, DEFAULTS),
    repeatable: true,
    apply(yTrue, yPred) {
      const predicted = withLastAxis(yPred, axis, NAME);
      const numbers = classNumbers(yTrue, predicted, NAME);
      const logits = fromLogits ? predicted : logitsBehind(predicted, 'softmax');
      const logP = logits ? tf.logSoftmax(logits) : logOfBoundedProportions(predicted);
      if (ignoreClass === null) return negativeOfChosen(logP, numbers);
      const counts = tf.notEqual(numbers, ignoreClass);
      const zeros = tf.zerosLike(numbers);
      const each = negativeOfChosen(logP, tf.where(counts, numbers, zeros));
      return tf.where(counts, each, tf.zerosLike(each));
    },
    counted(yTrue, yPred, mask) {
      if (ignoreClass === null) return mask;
      const counts = tf.notEqual(classNumbers(yTrue, withLastAxis(yPred, axis, NAME), NAME), ignoreClass);
      return mask ? tf.logicalAnd(atRank(mask, counts), counts) : counts;
    },
    checkTargets(targets, outputShape, where) {
      const shape = shapeWithLastAxis(outputShape, axis, NAME);
      const classes = shape.at(-1) ?? Number.POSITIVE_INFINITY;
      checkClassShape(targets, shape, where);
      checkTargetValues(
        targets,
        (value) => value === ignoreClass || (Number.isInteger(value) && value >= 0 && value < classes),
        `a class number from 0 to ${classes - 1}${ignoreClass === null ? '' : `, or ${ignoreClass}, which is ignored`}`,
        where,
      );
    },
  };
}

function negativeOfChosen(logP: tf.Tensor, numbers: tf.Tensor): tf.Tensor {
  const chosen = tf.cast(tf.oneHot(numbers, logP.shape.at(-1)!), 'float32'); // on wasm, oneHot of f32 holds the bits of integers
  return tf.neg(tf.sum(tf.mul(chosen, logP), -1));
}

function checkIgnored(where: string, _field: string, value: unknown): void {
  if (value === null || Number.isSafeInteger(value)) return;
  throw new OstinatoError('config-ignore-class', {
    where,
    what: '`ignoreClass` is not a class number',
    expected: 'a whole number or null',
    received: show(value),
  });
}

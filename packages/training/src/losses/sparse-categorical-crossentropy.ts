/** Sparse categorical cross-entropy: one class of several, targets as class numbers. */
import { checkBoolean, checkFields, type Loss, logitsBehind } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { checkClassShape, checkTargetValues } from './align-targets.js';
import { logOfBoundedProportions } from './log-probabilities.js';

export interface SparseCategoricalCrossentropyOptions {
  /** true: predictions are logits; false: probabilities, which are divided by their sum. Default false. */
  readonly fromLogits?: boolean;
}

const NAME = 'sparseCategoricalCrossentropy';
const DEFAULTS = { fromLogits: false } as const;

/**
 * Categorical cross-entropy with class numbers as targets.
 *
 * −ln p of the target's class, p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue whole numbers [batch, …] or [batch, …, 1], yPred f32[batch, …, classes] → f32[batch, …]
 * Throws   `target-value` for a class number outside [0, classes)
 * Differs  right behind a softmax it is computed from the logits and has no bound, as Keras does on TensorFlow alone
 */
export function sparseCategoricalCrossentropy(options: SparseCategoricalCrossentropyOptions = {}): Loss {
  checkFields(NAME, options, Object.keys(DEFAULTS));
  const { fromLogits } = { ...DEFAULTS, ...options };
  checkBoolean(NAME, 'fromLogits', fromLogits);
  return {
    name: NAME,
    config: givenOptions({ fromLogits }, DEFAULTS),
    apply(yTrue, yPred) {
      const [classes, ...leading] = [...yPred.shape].reverse();
      const numbers = tf.reshape(tf.cast(yTrue, 'int32'), leading.reverse());
      const chosen = tf.cast(tf.oneHot(numbers, classes!), 'float32'); // on wasm, oneHot of f32 holds the bits of integers
      const logits = fromLogits ? yPred : logitsBehind(yPred, 'softmax');
      const logP = logits ? tf.logSoftmax(logits) : logOfBoundedProportions(yPred);
      return tf.neg(tf.sum(tf.mul(chosen, logP), -1));
    },
    checkTargets(targets, outputShape, where) {
      checkClassShape(targets, outputShape, where);
      const classes = outputShape.at(-1) ?? Number.POSITIVE_INFINITY;
      checkTargetValues(
        targets,
        (value) => Number.isInteger(value) && value >= 0 && value < classes,
        `a class number from 0 to ${classes - 1}`,
        where,
      );
    },
  };
}

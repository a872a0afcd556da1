/** Binary focal cross-entropy: yes-or-no questions, of which those answered well count little. */
import {
  checkBoolean,
  checkFraction,
  checkNotNegative,
  fillOptions,
  type Loss,
  logitsBehind,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets, checkSameShape, checkTargetValues } from './align-targets.js';
import { checkLossAxis, meanOverLast, withLastAxis } from './along-axis.js';
import { binaryCrossentropyOf } from './binary-crossentropy.js';
import { power } from './power.js';
import { smoothedTo } from './smoothed-to.js';

export interface BinaryFocalCrossentropyOptions {
  /** true: class 1 counts `alpha` times, class 0 1 − `alpha` times. Default false. */
  readonly applyClassBalancing?: boolean;
  /** Default 0.25. */
  readonly alpha?: number;
  /** How much less well-answered questions count; 0: all the same. Default 2. */
  readonly gamma?: number;
  /** true: predictions are logits; false: probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets this part of the way to ½. Default 0. */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'binaryFocalCrossentropy';
const DEFAULTS: Required<BinaryFocalCrossentropyOptions> = {
  applyClassBalancing: false,
  alpha: 0.25,
  gamma: 2,
  fromLogits: false,
  labelSmoothing: 0,
  axis: -1,
};
const CHECKS = {
  applyClassBalancing: checkBoolean,
  alpha: checkFraction,
  gamma: checkNotNegative,
  fromLogits: checkBoolean,
  labelSmoothing: checkFraction,
  axis: checkLossAxis,
};

/**
 * Binary focal cross-entropy, the mean over the last axis.
 *
 * (1 − pt)^gamma · binary cross-entropy, pt = y·p + (1−y)·(1−p)
 *
 * Shapes   yTrue [batch, …, n] (or [batch, …] when n is 1), yPred f32[batch, …, n] → f32[batch, …]
 * Units    labelSmoothing and alpha are parts in [0, 1]
 * Source   Lin et al. 2018, arXiv:1708.02002
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: binaryFocalCrossentropy({ gamma: 1.5, applyClassBalancing: true }) });
 */
export function binaryFocalCrossentropy(options: BinaryFocalCrossentropyOptions = {}): Loss {
  const full = fillOptions(NAME, DEFAULTS, options, CHECKS);
  const { applyClassBalancing, alpha, gamma, fromLogits, labelSmoothing, axis } = full;
  return {
    name: NAME,
    config: givenOptions(full, DEFAULTS),
    repeatable: true,
    apply(yTrue, yPred) {
      const y = smoothedTo(0.5, alignTargets(yTrue, yPred), labelSmoothing);
      const logits = fromLogits ? yPred : logitsBehind(yPred, 'sigmoid');
      const p = fromLogits ? tf.sigmoid(yPred) : yPred;
      const wrong = tf.sub(tf.add(y, p), tf.mul(tf.mul(y, p), 2)); // 1 − pt
      let each = tf.mul(power(wrong, gamma), binaryCrossentropyOf(y, p, logits));
      if (applyClassBalancing) each = tf.mul(each, tf.add(tf.mul(y, 2 * alpha - 1), 1 - alpha));
      return meanOverLast(withLastAxis(each, axis, NAME));
    },
    checkTargets(targets, outputShape, where) {
      checkSameShape(targets, outputShape, where);
      checkTargetValues(targets, (value) => value >= 0 && value <= 1, 'a number from 0 to 1', where);
    },
  };
}

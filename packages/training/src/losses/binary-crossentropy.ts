/** Binary cross-entropy: yes-or-no questions, one for each value of the last axis. */
import { checkBoolean, checkFraction, fillOptions, type Loss, logitsBehind } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets, checkSameShape, checkTargetValues } from './align-targets.js';
import { checkLossAxis, meanOverLast, withLastAxis } from './along-axis.js';
import { smoothedTo } from './smoothed-to.js';
import { withDerivative } from './with-derivative.js';

export interface BinaryCrossentropyOptions {
  /** true: predictions are logits; false: probabilities. Default false. */
  readonly fromLogits?: boolean;
  /** Moves the targets this part of the way to ½. Default 0. */
  readonly labelSmoothing?: number;
  /** The axis over which the mean is taken. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'binaryCrossentropy';
const DEFAULTS: Required<BinaryCrossentropyOptions> = { fromLogits: false, labelSmoothing: 0, axis: -1 };
const CHECKS = { fromLogits: checkBoolean, labelSmoothing: checkFraction, axis: checkLossAxis };

/** Keras' guard: probabilities are kept this far from 0 and 1. */
const EPSILON = 1e-7;

/**
 * Binary cross-entropy, the mean over the last axis.
 *
 * −(y·ln p + (1−y)·ln(1−p)) with p in [1e−7, 1 − 1e−7]
 *
 * Shapes   yTrue [batch, …, n] (or [batch, …] when n is 1), yPred f32[batch, …, n] → f32[batch, …]
 * Units    labelSmoothing is a part in [0, 1]
 * Differs  right behind a sigmoid it is computed from the logits and has no bound, as Keras does on TensorFlow alone
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: binaryCrossentropy({ labelSmoothing: 0.1 }) });
 */
export function binaryCrossentropy(options: BinaryCrossentropyOptions = {}): Loss {
  const { fromLogits, labelSmoothing, axis } = fillOptions(NAME, DEFAULTS, options, CHECKS);
  return {
    name: NAME,
    config: givenOptions({ fromLogits, labelSmoothing, axis }, DEFAULTS),
    repeatable: true,
    apply(yTrue, yPred) {
      const smoothed = smoothedTo(0.5, alignTargets(yTrue, yPred), labelSmoothing);
      const logits = fromLogits ? yPred : logitsBehind(yPred, 'sigmoid');
      const p = fromLogits ? undefined : yPred;
      return meanOverLast(withLastAxis(binaryCrossentropyOf(smoothed, p, logits), axis, NAME));
    },
    checkTargets(targets, outputShape, where) {
      checkSameShape(targets, outputShape, where);
      checkTargetValues(targets, (value) => value >= 0 && value <= 1, 'a number from 0 to 1', where);
    },
  };
}

/** The binary cross-entropy of each value: from the logits where they are known, else from probabilities. One of both must be given. */
export function binaryCrossentropyOf(
  y: tf.Tensor,
  p: tf.Tensor | undefined,
  logits: tf.Tensor | undefined,
): tf.Tensor {
  return logits ? ofLogits(y, logits, p) : ofProbabilities(y, p!);
}

/** d/dp = (p − y) / (p·(1 − p)), and 0 where the bound holds p. */
function ofProbabilities(y: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const bounded = (p: tf.Tensor): tf.Tensor => tf.clipByValue(p, EPSILON, 1 - EPSILON);
  return withDerivative(
    y,
    yPred,
    (target, prediction) => {
      const p = bounded(prediction);
      const yes = tf.mul(target, tf.log(p));
      return tf.neg(tf.add(yes, tf.mul(tf.sub(1, target), tf.log(tf.sub(1, p)))));
    },
    (target, prediction) => {
      const p = bounded(prediction);
      const slope = tf.div(tf.sub(p, target), tf.mul(p, tf.sub(1, p)));
      return tf.where(tf.equal(p, prediction), slope, tf.zerosLike(p));
    },
  );
}

/** max(x, 0) − x·y + ln(1 + e^−|x|);  d/dx = p − y, where p = σ(x) is known already if these are the logits behind it. */
function ofLogits(y: tf.Tensor, logits: tf.Tensor, p: tf.Tensor | undefined): tf.Tensor {
  return withDerivative(
    y,
    logits,
    (target, x) => tf.add(tf.sub(tf.relu(x), tf.mul(x, target)), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
    (target, kept) => tf.sub(p ? kept : tf.sigmoid(kept), target),
    p,
  );
}

/** Losses of errors relative to the target: in per cent, and of logarithms. */
import { checkFields, type Loss } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { checkSameShape } from './align-targets.js';
import { meanOverLastAxis } from './last-axis-mean.js';
import { checkAmounts } from './number-targets.js';

/** Keras' guard against dividing by zero, and for amounts that are none. */
const EPSILON = 1e-7;

type NoOptions = Readonly<Record<string, never>>;

/**
 * Mean over the last axis of 100·|yPred − yTrue| / max(|yTrue|, 1e−7).
 *
 * A target of 0 is divided by 1e−7, as in Keras: choose another loss where zeros occur.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 */
export function meanAbsolutePercentageError(options: NoOptions = {}): Loss {
  checkFields('meanAbsolutePercentageError', options, []);
  const perCent = (y: tf.Tensor): tf.Tensor => tf.div(100, tf.maximum(tf.abs(y), EPSILON));
  return meanOverLastAxis(
    'meanAbsolutePercentageError',
    (y, p) => tf.mul(tf.abs(tf.sub(p, y)), perCent(y)),
    (y, p) => tf.mul(tf.sign(tf.sub(p, y)), perCent(y)),
    checkSameShape,
  );
}

/**
 * Mean over the last axis of (ln(1 + yPred) − ln(1 + yTrue))², of amounts that are not negative.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 * Differs  Keras takes targets below 0 for 1e−7; here `checkTargets` refuses them. Predictions below 0 count as 1e−7 in both
 */
export function meanSquaredLogarithmicError(options: NoOptions = {}): Loss {
  checkFields('meanSquaredLogarithmicError', options, []);
  const log = (amounts: tf.Tensor): tf.Tensor => tf.log(tf.add(tf.maximum(amounts, EPSILON), 1));
  const difference = (y: tf.Tensor, p: tf.Tensor): tf.Tensor => tf.sub(log(p), log(y));
  return meanOverLastAxis(
    'meanSquaredLogarithmicError',
    (y, p) => tf.square(difference(y, p)),
    (y, p) => {
      const slope = tf.div(tf.mul(difference(y, p), 2), tf.add(tf.maximum(p, EPSILON), 1));
      return tf.where(tf.greaterEqual(p, EPSILON), slope, tf.zerosLike(p));
    },
    checkAmounts,
  );
}

/** Losses of the error yPred − yTrue: squared, absolute, and Huber's and log cosh between them. */
import { checkFields, checkPositive, fillOptions, type JsonObject, type Loss } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets, checkSameShape } from './align-targets.js';
import { meanOverLast } from './along-axis.js';

import { withDerivative } from './with-derivative.js';

type OfError = (error: tf.Tensor) => tf.Tensor;

/** The mean over the last axis of a function of the error, with its derivative. */
function errorLoss(name: string, config: JsonObject, value: OfError, slope: OfError): Loss {
  return {
    name,
    config,
    repeatable: true,
    apply: (yTrue, yPred) =>
      meanOverLast(
        withDerivative(
          alignTargets(yTrue, yPred),
          yPred,
          (y, p) => value(tf.sub(p, y)),
          (y, p) => slope(tf.sub(p, y)),
        ),
      ),
    checkTargets: checkSameShape,
  };
}

/**
 * Mean of (yPred − yTrue)² over the last axis.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 */
export function meanSquaredError(options: Readonly<Record<string, never>> = {}): Loss {
  checkFields('meanSquaredError', options, []);
  return errorLoss('meanSquaredError', {}, tf.square, (error) => tf.mul(error, 2));
}

/**
 * Mean of |yPred − yTrue| over the last axis; its derivative is 0 where they are equal.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 */
export function meanAbsoluteError(options: Readonly<Record<string, never>> = {}): Loss {
  checkFields('meanAbsoluteError', options, []);
  return errorLoss('meanAbsoluteError', {}, tf.abs, tf.sign);
}

export interface HuberOptions {
  /** Errors up to this are squared, larger ones count linearly. Default 1. */
  readonly delta?: number;
}

/**
 * Mean over the last axis of e²/2 where |e| ≤ delta, else delta·|e| − delta²/2.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 * Throws   `config-delta`
 * Source   Huber 1964, Robust Estimation of a Location Parameter
 */
export function huber(options: HuberOptions = {}): Loss {
  const { delta } = fillOptions('huber', { delta: 1 }, options, { delta: checkPositive });
  const bounded: OfError = (error) => tf.clipByValue(error, -delta, delta);
  return errorLoss(
    'huber',
    givenOptions({ delta }, { delta: 1 }),
    (error) => tf.mul(bounded(error), tf.sub(error, tf.mul(bounded(error), 0.5))),
    bounded,
  );
}

/**
 * Mean over the last axis of ln cosh e: about e²/2 for small errors, |e| − ln 2 for large ones.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 */
export function logCosh(options: Readonly<Record<string, never>> = {}): Loss {
  checkFields('logCosh', options, []);
  const value: OfError = (error) => {
    const size = tf.abs(error);
    return tf.sub(tf.add(size, tf.log1p(tf.exp(tf.mul(size, -2)))), Math.LN2); // cosh itself would overflow
  };
  return errorLoss('logCosh', {}, value, tf.tanh);
}

/** Logarithms of the probabilities of classes, from predictions that are probabilities. Keras' two losses bound them differently. */
import * as tf from '@tensorflow/tfjs-core';

/** Keras' guard: probabilities are kept this far from 0 and 1. */
const EPSILON = 1e-7;

/**
 * ln p over the last axis, p divided by its sum and then kept in [1e−7, 1 − 1e−7].
 *
 * Memory   returns a new tensor; call it inside `tidy`
 */
export function logOfProportions(yPred: tf.Tensor): tf.Tensor {
  return tf.log(boundedProportions(yPred));
}

/** p divided by its sum over the last axis and then kept in [1e−7, 1 − 1e−7]. Memory: as above. */
export function boundedProportions(yPred: tf.Tensor): tf.Tensor {
  return bounded(tf.div(yPred, tf.sum(yPred, -1, true)));
}

/**
 * ln p over the last axis, p kept in [1e−7, 1 − 1e−7] and then divided by its sum.
 *
 * Memory   returns a new tensor; call it inside `tidy`
 */
export function logOfBoundedProportions(yPred: tf.Tensor): tf.Tensor {
  const p = bounded(yPred);
  return tf.sub(tf.log(p), tf.log(tf.sum(p, -1, true)));
}

function bounded(p: tf.Tensor): tf.Tensor {
  return tf.clipByValue(p, EPSILON, 1 - EPSILON);
}

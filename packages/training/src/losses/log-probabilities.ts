/** Logarithms of the probabilities of classes, from what a model puts out. */
import * as tf from '@tensorflow/tfjs-core';

/** Keras' guard: probabilities are kept this far from 0 and 1. */
const EPSILON = 1e-7;

/**
 * ln p over the last axis: of logits by log-softmax, of probabilities after division by their sum.
 *
 * Memory   returns a new tensor; call it inside `tidy`
 */
export function logProbabilities(yPred: tf.Tensor, fromLogits: boolean): tf.Tensor {
  if (fromLogits) return tf.logSoftmax(yPred);
  const p = tf.div(yPred, tf.sum(yPred, -1, true));
  return tf.log(tf.clipByValue(p, EPSILON, 1 - EPSILON));
}

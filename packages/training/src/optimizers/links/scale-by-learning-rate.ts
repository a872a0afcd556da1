/** The link that makes a direction a step. */
import * as tf from '@tensorflow/tfjs-core';
import type { ParamLink } from './link.js';

/** change · lr */
export function scaleByLearningRate(): ParamLink {
  return { update: ({ change }, { learningRate }) => ({ change: tf.mul(change, learningRate) }) };
}

/** Losses that are the mean over the last axis of a function of each target and its prediction. */
import type { Loss, Shape, Targets } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { alignTargets } from './align-targets.js';
import { meanOverLast } from './along-axis.js';
import { withDerivative } from './with-derivative.js';

type OfPair = (y: tf.Tensor, p: tf.Tensor) => tf.Tensor;

/** The loss without options whose value(y, p) has derivative(y, p) in p. */
export function meanOverLastAxis(
  name: string,
  value: OfPair,
  derivative: OfPair,
  checkTargets: (targets: Targets, outputShape: Shape, where: string) => void,
): Loss {
  return {
    name,
    config: {},
    repeatable: true,
    apply: (yTrue, yPred) =>
      meanOverLast(withDerivative(alignTargets(yTrue, yPred), yPred, value, derivative)),
    checkTargets,
  };
}

/** Cosine similarity: the angle between target and prediction as vectors. */
import { fillOptions, type Loss } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets, checkSameShape } from './align-targets.js';
import { checkLossAxis, withLastAxis } from './along-axis.js';

export interface CosineSimilarityOptions {
  /** The axis of the vectors. Default −1, the last. */
  readonly axis?: number;
}

const NAME = 'cosineSimilarity';
const DEFAULTS: Required<CosineSimilarityOptions> = { axis: -1 };

/** 1/‖x‖ is held below this, as in Keras. */
const LARGEST_INVERSE = 1e7;

/**
 * −cos of the angle between target and prediction: −1 for the same direction, 0 for a right angle.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 * Differs  a vector of zeros gets the gradient 0; Keras' is not a number
 */
export function cosineSimilarity(options: CosineSimilarityOptions = {}): Loss {
  const { axis } = fillOptions(NAME, DEFAULTS, options, { axis: checkLossAxis });
  return {
    name: NAME,
    config: givenOptions({ axis }, DEFAULTS),
    repeatable: true,
    apply: (yTrue, yPred) => tf.neg(cosineOf(yTrue, yPred, axis)),
    checkTargets: checkSameShape,
  };
}

/** The cosine of the angle between targets and predictions along an axis. Memory: call it inside `tidy`. */
export function cosineOf(yTrue: tf.Tensor, yPred: tf.Tensor, axis: number): tf.Tensor {
  const y = withLastAxis(alignTargets(yTrue, yPred), axis, NAME);
  const wanted = tf.mul(y, inverseLength(y));
  return cosineWith(wanted, withLastAxis(yPred, axis, NAME));
}

/** Σ ŷ·p̂ over the last axis;  d/dp = (ŷ − cos·p̂) / ‖p‖, and 0 for a vector of zeros. */
function cosineWith(wanted: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const withGradient = tf.customGrad((...inputs: (tf.Tensor | tf.GradSaveFunc)[]) => {
    const [p, save] = inputs as [tf.Tensor, tf.GradSaveFunc];
    const inverse = inverseLength(p);
    const found = tf.mul(p, inverse);
    const cosine = tf.sum(tf.mul(wanted, found), -1, true);
    save([wanted, found, cosine, inverse]);
    return {
      value: tf.squeeze(cosine, [-1]),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => {
        const [y, direction, cos, scale] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
        return tf.mul(tf.expandDims(dy, -1), tf.mul(tf.sub(y, tf.mul(cos, direction)), scale));
      },
    };
  });
  return withGradient(yPred);
}

/** 1/‖x‖ over the last axis, which stays; 0 for a vector of zeros. */
function inverseLength(vectors: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.square(vectors), -1, true);
  const inverse = tf.minimum(tf.rsqrt(squares), LARGEST_INVERSE);
  return tf.where(tf.greater(squares, 0), inverse, tf.zerosLike(squares));
}

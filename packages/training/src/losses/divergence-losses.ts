/** Losses between distributions: Kullback–Leibler divergence, and the negative log-likelihood of Poisson counts. */
import { checkFields, type Loss } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { alignTargets, checkSameShape, checkTargetValues } from './align-targets.js';
import { meanOverLastAxis } from './last-axis-mean.js';
import { checkAmounts } from './number-targets.js';
import { withDerivative } from './with-derivative.js';

/** Keras' guard: probabilities are kept this far from 0, and rates are raised by it. */
const EPSILON = 1e-7;

type NoOptions = Readonly<Record<string, never>>;

/**
 * Kullback–Leibler divergence of predicted from true distributions.
 *
 * Σ y·ln(y / p) over the last axis, both kept in [1e−7, 1]
 *
 * Shapes   yTrue and yPred f32[batch, …, classes] → f32[batch, …]
 */
export function klDivergence(options: NoOptions = {}): Loss {
  checkFields('klDivergence', options, []);
  const bounded = (p: tf.Tensor): tf.Tensor => tf.clipByValue(p, EPSILON, 1);
  return {
    name: 'klDivergence',
    config: {},
    repeatable: true,
    apply(yTrue, yPred) {
      const each = withDerivative(
        bounded(alignTargets(yTrue, yPred)),
        yPred,
        (y, p) => tf.mul(y, tf.log(tf.div(y, bounded(p)))),
        (y, p) => {
          const inside = tf.logicalAnd(tf.greaterEqual(p, EPSILON), tf.lessEqual(p, 1));
          return tf.where(inside, tf.neg(tf.div(y, bounded(p))), tf.zerosLike(p));
        },
      );
      return tf.sum(each, -1);
    },
    checkTargets(targets, outputShape, where) {
      checkSameShape(targets, outputShape, where);
      checkTargetValues(targets, (value) => value >= 0 && value <= 1, 'a number from 0 to 1', where);
    },
  };
}

/**
 * Poisson loss: predictions are rates, targets are counts.
 *
 * Mean over the last axis of p − y·ln(p + 1e−7)
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 */
export function poisson(options: NoOptions = {}): Loss {
  checkFields('poisson', options, []);
  return meanOverLastAxis(
    'poisson',
    (y, p) => tf.sub(p, tf.mul(y, tf.log(tf.add(p, EPSILON)))),
    (y, p) => tf.sub(1, tf.div(y, tf.add(p, EPSILON))),
    checkAmounts,
  );
}

/** Hinge losses: nothing to pay for answers that are right by a margin of 1. */
import { checkFields, type Loss, OstinatoError, type Shape, show, type Targets } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { alignTargets, checkSameShape, checkTargetValues } from './align-targets.js';
import { meanOverLast } from './along-axis.js';
import { checkOneHot } from './class-targets.js';
import { withDerivative } from './with-derivative.js';

type NoOptions = Readonly<Record<string, never>>;
type OfPair = (y: tf.Tensor, p: tf.Tensor) => tf.Tensor;

/**
 * Mean over the last axis of max(1 − y·p, 0); targets −1 and 1, or 0 and 1, which become −1 and 1.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 * Throws   `target-value` for targets that are neither all of −1, 1 nor all of 0, 1
 */
export function hinge(options: NoOptions = {}): Loss {
  checkFields('hinge', options, []);
  return marginLoss('hinge', shortfall, (y, p) =>
    tf.mul(tf.neg(y), tf.cast(tf.greaterEqual(tf.sub(1, tf.mul(y, p)), 0), 'float32')),
  );
}

/**
 * Mean over the last axis of max(1 − y·p, 0)²; targets as for `hinge`.
 *
 * Shapes   yTrue and yPred f32[batch, …, n] → f32[batch, …]
 * Throws   as `hinge`
 */
export function squaredHinge(options: NoOptions = {}): Loss {
  checkFields('squaredHinge', options, []);
  return marginLoss(
    'squaredHinge',
    (y, p) => tf.square(shortfall(y, p)),
    (y, p) => tf.mul(tf.mul(y, -2), shortfall(y, p)),
  );
}

/**
 * max(n − p + 1, 0), p the prediction for the true class and n the largest of the others'.
 *
 * n = max((1−y)·yPred),  p = Σ y·yPred over the last axis
 *
 * Shapes   yTrue and yPred f32[batch, …, classes] → f32[batch, …]
 * Throws   `target-value` for targets that are not one-hot
 */
export function categoricalHinge(options: NoOptions = {}): Loss {
  checkFields('categoricalHinge', options, []);
  return {
    name: 'categoricalHinge',
    config: {},
    repeatable: true,
    apply(yTrue, yPred) {
      const y = alignTargets(yTrue, yPred);
      const right = tf.sum(tf.mul(y, yPred), -1);
      const best = tf.max(tf.mul(tf.sub(1, y), yPred), -1);
      return tf.relu(tf.add(tf.sub(best, right), 1));
    },
    checkTargets: (targets, outputShape, where) => checkOneHot(targets, outputShape, -1, where),
  };
}

const shortfall: OfPair = (y, p) => tf.relu(tf.sub(1, tf.mul(y, p)));

function marginLoss(name: string, value: OfPair, derivative: OfPair): Loss {
  return {
    name,
    config: {},
    repeatable: true,
    apply: (yTrue, yPred) =>
      meanOverLast(withDerivative(asSigns(alignTargets(yTrue, yPred)), yPred, value, derivative)),
    checkTargets: checkSides,
  };
}

/** −1 and 1 for targets that are all 0 or 1, as Keras decides it: batch by batch. */
function asSigns(y: tf.Tensor): tf.Tensor {
  const binary = tf.logicalOr(tf.equal(y, 0), tf.equal(y, 1));
  const all = tf.min(tf.cast(binary, 'float32')); // 1: every one is
  return tf.add(tf.mul(y, tf.add(all, 1)), tf.neg(all));
}

/** All of −1, 1 or all of 0, 1: a mixture would be read differently from batch to batch. */
function checkSides(targets: Targets, outputShape: Shape, where: string): void {
  checkSameShape(targets, outputShape, where);
  checkTargetValues(
    targets,
    (value) => value === 0 || value === 1 || value === -1,
    'all targets -1 or 1, or all 0 or 1',
    where,
  );
  const { data } = targets;
  const found = new Set<number>();
  for (let i = 0; i < data.length; i++) found.add(data[i]!);
  if (found.size < 3) return;
  throw new OstinatoError('target-value', {
    where,
    what: 'The targets mix two ways of naming two sides',
    expected: 'all targets -1 or 1, or all 0 or 1',
    received: show([...found].sort()),
  });
}

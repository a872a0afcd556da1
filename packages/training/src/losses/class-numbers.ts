/** Class numbers as predictions need them. */
import { OstinatoError, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Targets as i32 of the predictions' shape without their last axis.
 *
 * Memory   returns a new tensor; call it inside `tidy`
 * Throws   `target-shape` where there is not one for each
 */
export function classNumbers(yTrue: tf.Tensor, yPred: tf.Tensor, where: string): tf.Tensor {
  const wanted = yPred.shape.slice(0, -1);
  if (yTrue.size === wanted.reduce((size, n) => size * n, 1)) {
    return tf.reshape(tf.cast(yTrue, 'int32'), wanted);
  }
  throw new OstinatoError('target-shape', {
    where,
    what: `The targets are not class numbers for predictions of ${showShape(yPred.shape)}`,
    expected: `${showShape(wanted)} or ${showShape([...wanted, 1])}`,
    received: showShape(yTrue.shape),
    fix: 'For one-hot targets take the losses and metrics without "sparse" in their names',
  });
}

/** The option `axis` of losses: which axis of the predictions holds the values of one sample. */
import { OstinatoError, type Shape, show, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** A whole number other than 0, which is the axis of samples. Throws `config-axis`. */
export function checkLossAxis(where: string, _field: string, value: unknown): void {
  if (Number.isSafeInteger(value) && value !== 0) return;
  throw new OstinatoError('config-axis', {
    where,
    what: '`axis` is not an axis within a sample',
    expected: 'a whole number other than 0, negative ones counted from the end',
    received: show(value),
  });
}

/**
 * The tensor with `axis` as its last axis, the others in their order.
 *
 * Memory   returns the tensor itself when there is nothing to move; call it inside `tidy`
 * Throws   `config-axis` when there is no such axis
 */
export function withLastAxis(tensor: tf.Tensor, axis: number, where: string): tf.Tensor {
  const at = placeOf(axis, tensor.shape, where);
  if (at === tensor.rank - 1) return tensor;
  return tf.transpose(tensor, [...otherAxes(tensor.rank, at), at]);
}

/**
 * The mean over the last axis. Of one value it is that value, without an operation and its gradient.
 *
 * Memory   call it inside `tidy`
 */
export function meanOverLast(values: tf.Tensor): tf.Tensor {
  return values.shape.at(-1) === 1 ? tf.squeeze(values, [-1]) : tf.mean(values, -1);
}

/** The shape of that tensor. */
export function shapeWithLastAxis(shape: Shape, axis: number, where: string): Shape {
  const at = placeOf(axis, shape, where);
  return [...otherAxes(shape.length, at).map((i) => shape[i]!), shape[at]!];
}

function placeOf(axis: number, shape: Shape, where: string): number {
  const at = axis < 0 ? shape.length + axis : axis;
  if (at > 0 && at < shape.length) return at;
  throw new OstinatoError('config-axis', {
    where,
    what: 'The predictions have no such axis within a sample',
    expected: `an axis of ${showShape(shape)}, the first aside`,
    received: String(axis),
  });
}

function otherAxes(rank: number, at: number): number[] {
  return Array.from({ length: rank }, (_, i) => i).filter((i) => i !== at);
}

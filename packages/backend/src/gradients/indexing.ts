/** Gradients of kernels that choose values: gather, segment sums, select. */
import * as tf from '@tensorflow/tfjs-core';
import { single, sumToShape } from './gradient-forms.js';

const gather: tf.GradConfig = {
  kernelName: 'GatherV2',
  inputsToSave: ['x', 'indices'],
  gradFunc: (dy, saved, attrs) => {
    const [x, indices] = saved as [tf.Tensor, tf.Tensor];
    const { axis, batchDims } = attrs as { axis: number; batchDims: number };
    return { x: () => scatterAdd(single(dy), x.shape, indices, axis, batchDims) };
  },
};

/**
 * Adds the slices of `dy` to the places of zeros of `shape` that they were gathered from.
 *
 * Seen as shape [batches, outer, rows, inner] and dy [batches, outer, ids, inner]; batches get segments of their own.
 */
function scatterAdd(
  dy: tf.Tensor,
  shape: readonly number[],
  indices: tf.Tensor,
  axis: number,
  batchDims: number,
): tf.Tensor {
  const place = axis < 0 ? axis + shape.length : axis;
  const [batches, outer] = [size(shape.slice(0, batchDims)), size(shape.slice(batchDims, place))];
  const [rows, inner] = [shape[place]!, size(shape.slice(place + 1))];
  const ids = indices.size / batches;
  const slices = tf.transpose(tf.reshape(dy, [batches, outer, ids, inner]), [0, 2, 1, 3]);
  const segments = batches === 1 ? indices : offsetIds(indices, batches, rows);
  const added = tf.unsortedSegmentSum(
    tf.reshape(slices, [batches * ids, outer * inner]),
    tf.reshape(segments, [batches * ids]) as tf.Tensor1D,
    batches * rows,
  );
  const ordered = tf.transpose(tf.reshape(added, [batches, rows, outer, inner]), [0, 2, 1, 3]);
  return tf.reshape(ordered, [...shape]);
}

function offsetIds(indices: tf.Tensor, batches: number, rows: number): tf.Tensor {
  const offsets = tf.mul(tf.range(0, batches, 1, 'int32'), tf.scalar(rows, 'int32'));
  return tf.add(tf.reshape(indices, [batches, -1]), tf.reshape(offsets, [batches, 1]));
}

/** Each row gets its segment's gradient; rows that were dropped get 0. */
const unsortedSegmentSum: tf.GradConfig = {
  kernelName: 'UnsortedSegmentSum',
  inputsToSave: ['segmentIds'],
  gradFunc: (dy, saved, attrs) => {
    const ids = saved[0]!;
    const count = attrs.numSegments as number;
    return {
      x: () => {
        const kept = tf.logicalAnd(tf.greaterEqual(ids, 0), tf.less(ids, count));
        const safe = tf.mul(ids, tf.cast(kept, 'int32'));
        const rows = tf.gather(single(dy), safe as tf.Tensor1D);
        const mask = tf.reshape(tf.cast(kept, 'float32'), [
          ...ids.shape,
          ...rows.shape.slice(ids.rank).map(() => 1),
        ]);
        return tf.mul(rows, mask);
      },
    };
  },
};

const select: tf.GradConfig = {
  kernelName: 'Select',
  inputsToSave: ['condition', 't', 'e'],
  gradFunc: (dy, saved) => {
    const [condition, t, e] = saved as [tf.Tensor, tf.Tensor, tf.Tensor];
    const zeros = (): tf.Tensor => tf.zerosLike(single(dy));
    return {
      t: () => sumToShape(tf.where(condition, single(dy), zeros()), t.shape),
      e: () => sumToShape(tf.where(condition, zeros(), single(dy)), e.shape),
    };
  },
};

function size(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

export const indexingGradients: readonly tf.GradConfig[] = [gather, unsortedSegmentSum, select];

/** A batch as tensors, for as long as it is needed. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';
import type { Samples } from './samples.js';

export interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly weights?: tf.Tensor;
}

/**
 * Computes with a batch on the backend.
 *
 * Memory   the tensors are gone when `use` is done; they may share the arrays' memory
 */
export async function withBatch<T>(samples: Samples, use: (batch: Batch) => Promise<T>): Promise<T> {
  const { x, y, weights } = samples;
  const batch = { x: toTensor(x), y: toTensor(y), ...(weights ? { weights: toTensor(weights) } : {}) };
  try {
    return await use(batch);
  } finally {
    tf.dispose(batch);
  }
}

/** Memory: returns a new tensor, which may share the array's memory. */
export function toTensor({ data, shape }: HostArray): tf.Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
}

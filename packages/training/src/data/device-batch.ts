/** A batch as tensors, for as long as it is needed. */
import { orMemoryError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';
import { disposeHostTensor, hostTensor } from './host-tensors.js';
import type { Samples } from './samples.js';

/** Tensors for each input, and for each output where there are such. */
export interface Batch {
  readonly x: readonly tf.Tensor[];
  readonly y: readonly (tf.Tensor | undefined)[];
  readonly weights: readonly (tf.Tensor | undefined)[];
}

/**
 * Computes with a batch.
 *
 * Memory   the tensors are gone when `use` is done; they may share the arrays' memory until then
 */
export async function withBatch<T>(samples: Samples, use: (batch: Batch) => Promise<T>): Promise<T> {
  const { y, weights } = samples;
  const tensors = (arrays: readonly (HostArray | null)[]): (tf.Tensor | undefined)[] =>
    arrays.map((array) => (array ? toTensor(array) : undefined));
  return withInputs(samples.x, async (x) => {
    const batch = { x, y: tensors(y), weights: tensors(weights) };
    try {
      return await use(batch);
    } finally {
      for (const tensor of [...batch.y, ...batch.weights]) tensor?.dispose();
    }
  });
}

/** The same with inputs alone. */
export async function withInputs<T>(
  arrays: readonly HostArray[],
  use: (x: readonly tf.Tensor[]) => Promise<T>,
): Promise<T> {
  const x = arrays.map(hostTensor);
  try {
    return await use(x);
  } finally {
    x.forEach(disposeHostTensor);
  }
}

/** Memory: returns a new tensor, which may share the array's memory. Throws `memory` when the backend has no room. */
function toTensor({ data, shape }: HostArray): tf.Tensor {
  try {
    return tf.tensor(data, [...shape], data instanceof Int32Array ? 'int32' : 'float32');
  } catch (error) {
    throw orMemoryError(error, 'batch', 'the data of a batch', [shape]);
  }
}

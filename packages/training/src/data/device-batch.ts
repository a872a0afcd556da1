/** A batch as tensors, for as long as it is needed. */
import type * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';
import { hostTensor } from './host-tensors.js';
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
 * Memory   the tensors are gone when `use` is done; they share the arrays' memory until a kernel moves them
 */
export async function withBatch<T>(samples: Samples, use: (batch: Batch) => Promise<T>): Promise<T> {
  const { x, y, weights } = samples;
  const tensors = (arrays: readonly (HostArray | null)[]): (tf.Tensor | undefined)[] =>
    arrays.map((array) => (array ? hostTensor(array) : undefined));
  const batch = { x: x.map(hostTensor), y: tensors(y), weights: tensors(weights) };
  try {
    return await use(batch);
  } finally {
    for (const tensor of [...batch.x, ...batch.y, ...batch.weights]) tensor?.dispose();
  }
}

/** Reading a few numbers back in every step. */
import { TensorStorage } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** Backends that have all values in memory. */
const IN_MEMORY: ReadonlySet<string> = new Set(['cpu', 'wasm']);

/**
 * The values of a tensor, where they are in memory at once: `data()` goes through several promises, and workers wait meanwhile.
 *
 * Memory   read only: on cpu they are the tensor's own
 * Throws   what `dataSync` throws; what `data` rejects with comes as a rejection
 */
export function valuesOf(tensor: tf.Tensor): tf.TypedArray | Promise<tf.TypedArray> {
  const storage = tf.engine().state.tensorInfo.get(tensor.dataId)?.backend;
  const atOnce = storage instanceof TensorStorage || IN_MEMORY.has(tf.getBackend());
  return (atOnce ? tensor.dataSync() : tensor.data()) as tf.TypedArray | Promise<tf.TypedArray>;
}

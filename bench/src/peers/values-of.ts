/** Reads what a computation gives. */
import * as tf from '@tensorflow/tfjs-core';

/**
 * The values of some tensors, which are gone after that.
 *
 * Not read within `tidy`: it looks through whatever it returns for tensors, arrays of numbers too, value by value; a million of them
 * take a tenth of a second, and more than 2²⁴ are an error.
 */
export function valuesOf(run: () => readonly tf.Tensor[]): Float32Array[] {
  const tensors = tf.tidy(() => [...run()]);
  const values = tensors.map((tensor) => tensor.dataSync<'float32'>());
  tf.dispose(tensors);
  return values;
}

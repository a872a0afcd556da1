/** Running means, as Adam and its kin write them. */
import * as tf from '@tensorflow/tfjs-core';

/** from + part·(to − from) */
export function towards(from: tf.Tensor, to: tf.Tensor, part: number): tf.Tensor {
  return tf.add(from, tf.mul(tf.sub(to, from), part));
}

/** rho·from + (1 − rho)·to */
export function blend(from: tf.Tensor, to: tf.Tensor, rho: number): tf.Tensor {
  return tf.add(tf.mul(from, rho), tf.mul(to, 1 - rho));
}

/** The product of a tensor's last axis with a matrix. */
import type { KernelFinder } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { asFloats } from './as-floats.js';

/**
 * x·W + b over the last axis, as one matrix product however many axes x has.
 *
 * With `kernels`, a fused product serves it where there is one. tfjs' fused product is avoided: with a transpose it adds the
 * bias more than once on wasm.
 *
 * Shapes   x f32[..., inputSize] · kernel f32[inputSize, width] · bias f32[width] → f32[..., width]
 * Memory   returns new tensors
 */
export function project(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias?: tf.Tensor,
  kernels?: KernelFinder,
): tf.Tensor {
  const [inputSize, units] = kernel.shape as [number, number];
  const config = { inputSize, units, useBias: bias !== undefined };
  const fused = kernels?.use('dense.product', config);
  if (fused) return fused.run({ x: asFloats(x), kernel, bias }, config);
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]);
  const product = tf.matMul(rows, kernel as tf.Tensor2D);
  const shifted = bias ? tf.add(product, bias) : product;
  return x.rank === 2 ? shifted : tf.reshape(shifted, [...x.shape.slice(0, -1), kernel.shape[1]!]);
}

/** Convolution over any number of axes, in operations that have gradients on every backend. */
import type { KernelFinder } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { windowSlices } from './patches.js';
import { project } from './project.js';
import type { WindowPlan } from './windows.js';

/**
 * Σ over the window's cells of (what the cell sees)·W[cell] + b.
 *
 * One product for each cell. A single product with patches side by side would be as right, but putting them together
 * and taking their gradients apart costs more on wasm than all products.
 *
 * Shapes   x f32[batch, ...lengths, channels], one window for each length · kernel f32[...sizes, channels, filters] ·
 *          bias f32[filters] → f32[batch, ...counts, filters]
 * Memory   call it inside `tidy`
 */
export function convolve(
  x: tf.Tensor,
  windows: readonly WindowPlan[],
  kernel: tf.Tensor,
  bias?: tf.Tensor,
  kernels?: KernelFinder,
): tf.Tensor {
  const cells = windowSlices(x, windows);
  const [channels, filters] = kernel.shape.slice(-2) as [number, number];
  const matrices = tf.unstack(tf.reshape(kernel, [cells.length, channels, filters]));
  return cells
    .map((seen, cell) => project(seen, matrices[cell]!, cell === 0 ? bias : undefined, kernels))
    .reduce((sum, product) => tf.add(sum, product));
}

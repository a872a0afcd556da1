/** Gates side by side in one matrix: taking them apart, and products with a dropout mask for each. */
import type { StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropInputOnce, dropStateOnce } from './cell-dropout.js';
import { project } from './project.js';

/** A product of x with a kernel whose last axis holds the gates: of matrices, or a convolution. */
export type Product = (x: tf.Tensor, kernel: tf.Tensor) => tf.Tensor;

/** x·W + b where each gate's block of W sees x through a mask of its own. */
export function projectDropped(
  x: tf.Tensor,
  kernel: tf.Tensor,
  bias: tf.Tensor | undefined,
  rate: number,
  gates: readonly string[],
  context: StepContext,
  product: Product = project,
): tf.Tensor {
  const blocks = tf.split(kernel, gates.length, -1);
  const parts = gates.map((gate, i) => product(dropInputOnce(x, rate, context, `input/${gate}`), blocks[i]!));
  const sum = tf.concat(parts, -1);
  return bias ? tf.add(sum, bias) : sum;
}

/** The states that each gate sees: one and the same, or one for each gate through masks of their own. */
export function dropForGates(
  h: tf.Tensor,
  rate: number,
  gates: readonly string[],
  context: StepContext,
): tf.Tensor[] {
  return gates.map((gate) => dropStateOnce(h, rate, context, `state/${gate}`));
}

/** h·R for all gates, [batch, …, gates·units]; one product when every gate sees the same state. */
export function recurrentProduct(
  states: readonly tf.Tensor[],
  recurrentKernel: tf.Tensor,
  product: Product = project,
): tf.Tensor {
  if (states.every((state) => state === states[0])) return product(states[0]!, recurrentKernel);
  const blocks = tf.split(recurrentKernel, states.length, -1);
  return tf.concat(
    states.map((state, i) => product(state, blocks[i]!)),
    -1,
  );
}

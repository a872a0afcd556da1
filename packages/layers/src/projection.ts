/** A product over several axes with a bias, as the projections of multi-head attention need it. */
import type { BuildContext, KernelFinder, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { WeightOptions } from './cell-options.js';
import { project } from './project.js';

/** x·W + b over the last axes of x: kernel [...from, ...to], bias [...to]. */
export interface Projection {
  readonly from: readonly number[];
  readonly to: readonly number[];
  readonly kernel: Param;
  readonly bias: Param | undefined;
}

/** The weights `<path>/kernel` and, with `useBias`, `<path>/bias`. */
export function makeProjection(
  context: BuildContext,
  from: readonly number[],
  to: readonly number[],
  options: Required<WeightOptions> & { readonly useBias: boolean },
): Projection {
  const kernel = context.param('kernel', [...from, ...to], {
    initializer: options.kernelInitializer,
    regularizer: options.kernelRegularizer,
    constraint: options.kernelConstraint,
  });
  const bias = options.useBias
    ? context.param('bias', to, {
        initializer: options.biasInitializer,
        regularizer: options.biasRegularizer,
        constraint: options.biasConstraint,
      })
    : undefined;
  return { from, to, kernel, bias };
}

/** Its weights in Keras' order. */
export function projectionParams({ kernel, bias }: Projection): readonly Param[] {
  return bias ? [kernel, bias] : [kernel];
}

/**
 * Shapes   x f32[…, ...from] → f32[…, ...to]
 * Memory   returns new tensors
 */
export function applyProjection(
  x: tf.Tensor,
  { from, to, kernel, bias }: Projection,
  kernels: KernelFinder,
): tf.Tensor {
  const lead = x.shape.slice(0, x.rank - from.length);
  const [inner, outer] = [product(from), product(to)];
  const rows = tf.reshape(x, [product(lead), inner]);
  const matrix = tf.reshape(kernel.tensor, [inner, outer]);
  const shift = bias && tf.reshape(bias.tensor, [outer]);
  return tf.reshape(project(rows, matrix, shift, kernels), [...lead, ...to]);
}

function product(sizes: readonly number[]): number {
  return sizes.reduce((all, size) => all * size, 1);
}

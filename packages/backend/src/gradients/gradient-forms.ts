/**
 * Forms that gradients of tfjs kernels take: a config for `registerGradient` from a derivative alone.
 *
 * All derivatives are made of tfjs ops that have gradients themselves, so gradients of gradients work.
 */
import * as tf from '@tensorflow/tfjs-core';

export type Derivative = (dy: tf.Tensor, saved: tf.Tensor) => tf.Tensor;

/** y = f(x), its derivative a function of x. */
export function ofInput(kernelName: string, derivative: Derivative): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, saved) => ({ x: () => derivative(single(dy), saved[0]!) }),
  };
}

/** y = f(x), its derivative a function of y. */
export function ofOutput(kernelName: string, derivative: Derivative): tf.GradConfig {
  return {
    kernelName,
    outputsToSave: [true],
    gradFunc: (dy, saved) => ({ x: () => derivative(single(dy), saved[0]!) }),
  };
}

/** y = f(x), flat wherever it is differentiable. */
export function flat(kernelName: string): tf.GradConfig {
  return { kernelName, gradFunc: (dy) => ({ x: () => tf.zerosLike(single(dy)) }) };
}

/** The derivatives of y = f(a, b) in each argument, before broadcasting is undone. */
export interface BinaryDerivatives {
  a(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor;
  b(dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor): tf.Tensor;
}

/** y = f(a, b), element by element with broadcasting. */
export function binary(kernelName: string, derivatives: BinaryDerivatives): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => sumToShape(derivatives.a(single(dy), a, b), a.shape),
        b: () => sumToShape(derivatives.b(single(dy), a, b), b.shape),
      };
    },
  };
}

/** Undoes broadcasting: adds up `x` along the axes in which `shape` was stretched to it. */
export function sumToShape(x: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const leading = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < leading || (shape[axis - leading] === 1 && size !== 1) ? [axis] : [],
  );
  if (axes.length === 0 && leading === 0) return x;
  return tf.reshape(tf.sum(x, axes), [...shape]);
}

/** The one gradient of a kernel with one output. */
export function single(dy: tf.Tensor | tf.Tensor[]): tf.Tensor {
  return Array.isArray(dy) ? dy[0]! : dy;
}

/** The gradients of a kernel with a list of outputs: tfjs hands over a bare tensor when the list has one. */
export function list(dy: tf.Tensor | tf.Tensor[]): tf.Tensor[] {
  return Array.isArray(dy) ? dy : [dy];
}

/** An `axis` attribute as axes in [0, rank), ascending; null means all. */
export function axesOf(axis: unknown, rank: number): number[] {
  if (axis === null || axis === undefined) return Array.from({ length: rank }, (_, i) => i);
  const list = Array.isArray(axis) ? (axis as number[]) : [axis as number];
  return list.map((value) => (value < 0 ? value + rank : value)).sort((a, b) => a - b);
}

/** `shape` with ones at `axes`. */
export function onesAt(shape: readonly number[], axes: readonly number[]): number[] {
  return shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
}

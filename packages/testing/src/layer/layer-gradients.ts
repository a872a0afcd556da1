/** The gradient of a fixed weighted sum of a layer's outputs, and that sum as a function of plain numbers. */
import type { Layer, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import type { LayerSubject, RunOptions } from './layer-subject.js';

/** Something that the loss depends on: a weight, or an input. */
export interface Variable {
  /** `recurrentKernel`, `input 0` */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** The loss when this variable has other values. */
  readonly loss: (values: Float32Array) => number;
  /** Undefined where no gradient arrives. */
  readonly gradient: Float32Array | undefined;
}

/** Every trainable weight and every float input, with the loss's gradient in it. */
export function variablesOf(subject: LayerSubject, layer: Layer, options: RunOptions = {}): Variable[] {
  const inputs = options.inputs ?? subject.inputs;
  const params = trainableParams(layer);
  const floats = inputs.flatMap((input, i) => (input.dtype === 'float32' ? [i] : []));
  const tensors = [...params.map((param) => param.tensor), ...floats.map((i) => inputs[i]!)];
  const gradients = gradientsOf(subject, layer, tensors, options);
  const weights = params.map((param, k) => ({
    ...described(param.name, param.tensor),
    gradient: gradients[k],
    loss: (values: Float32Array) => withValues(param, values, () => lossOf(subject, layer, options)),
  }));
  const inputVariables = floats.map((i, k) => ({
    ...described(`input ${i}`, inputs[i]!),
    gradient: gradients[params.length + k],
    loss: (values: Float32Array) => {
      const moved = tf.tensor(values, inputs[i]!.shape);
      const loss = lossOf(subject, layer, {
        ...options,
        inputs: inputs.map((x, j) => (j === i ? moved : x)),
      });
      moved.dispose();
      return loss;
    },
  }));
  return [...weights, ...inputVariables];
}

export function trainableParams(layer: Layer): Param[] {
  return layer.params.filter((param) => param.trainable);
}

function described(name: string, tensor: tf.Tensor): Pick<Variable, 'name' | 'shape' | 'values'> {
  return { name, shape: tensor.shape, values: Float32Array.from(tensor.dataSync()) };
}

function gradientsOf(
  subject: LayerSubject,
  layer: Layer,
  tensors: tf.Tensor[],
  options: RunOptions,
): (Float32Array | undefined)[] {
  if (tensors.length === 0) return [];
  return tf.tidy(() => {
    const loss = (): tf.Tensor =>
      tf.addN(weightedOutputs(subject, layer, options).map((part) => tf.sum(part)));
    const { grads } = tf.engine().gradients(loss, tensors, undefined, true);
    return grads.map((gradient) => (gradient ? Float32Array.from(gradient.dataSync()) : undefined));
  });
}

/** Σ cᵢ·yᵢ, added up in double precision. */
function lossOf(subject: LayerSubject, layer: Layer, options: RunOptions): number {
  const parts = tf.tidy(() => weightedOutputs(subject, layer, options).map((part) => part.dataSync()));
  let sum = 0;
  for (const part of parts) for (const value of part) sum += value as number;
  return sum;
}

/** Every float output times factors that differ from place to place, so that misplaced gradients show. */
function weightedOutputs(subject: LayerSubject, layer: Layer, options: RunOptions): tf.Tensor[] {
  return subject.run(layer, options).outputs.flatMap((output, i) => {
    if (output.dtype !== 'float32') return [];
    const rng = subject.rng(`factors ${i}`);
    const factors = Float32Array.from({ length: output.size }, () => rng.uniform(-1, 1));
    return [tf.mul(output, tf.tensor(factors, output.shape))];
  });
}

/** Runs `f` while the weight has other values. */
function withValues<T>(param: Param, values: Float32Array, f: () => T): T {
  const original = Float32Array.from(param.tensor.dataSync());
  param.assign(tf.tensor(values, [...param.shape]));
  try {
    return f();
  } finally {
    param.assign(tf.tensor(original, [...param.shape]));
  }
}

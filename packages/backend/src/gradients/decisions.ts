/**
 * Gradients of comparisons, logic and choices of an index: zero.
 *
 * Without them the tape stops with an error wherever a mask is made from the very values that it masks.
 */
import * as tf from '@tensorflow/tfjs-core';

/** Zeros of each input's shape: f32, whatever the input holds. */
function zero(kernelName: string, ...inputs: string[]): tf.GradConfig {
  return {
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) =>
      Object.fromEntries(inputs.map((name, i) => [name, () => tf.zeros(saved[i]!.shape)])),
  };
}

const comparisons = ['Equal', 'NotEqual', 'Greater', 'GreaterEqual', 'Less', 'LessEqual'];
const logic = ['LogicalAnd', 'LogicalOr'];
const tests = ['LogicalNot', 'IsNan', 'IsInf', 'IsFinite', 'All', 'Any', 'ArgMax', 'ArgMin'];
const constants = ['ZerosLike', 'OnesLike'];

export const decisionGradients: readonly tf.GradConfig[] = [
  ...[...comparisons, ...logic].map((name) => zero(name, 'a', 'b')),
  ...[...tests, ...constants].map((name) => zero(name, 'x')),
  zero('OneHot', 'indices'),
];

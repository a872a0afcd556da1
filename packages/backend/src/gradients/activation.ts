/** Gradients of activation functions that are kernels. At a kink they have the slope of TensorFlow: that of the lower side, but for SELU. */
import * as tf from '@tensorflow/tfjs-core';
import { ofInput, ofOutput, single } from './gradient-forms.js';

const SELU_SCALE = 1.0507009873554805;
const SELU_SCALE_ALPHA = 1.7580993408473766;

/** `dy` where the condition holds, else 0. */
function gate(dy: tf.Tensor, condition: tf.Tensor): tf.Tensor {
  return tf.mul(dy, tf.cast(condition, 'float32'));
}

const relu6 = ofInput('Relu6', (dy, x) => gate(dy, tf.logicalAnd(tf.greater(x, 0), tf.less(x, 6))));
const leakyRelu: tf.GradConfig = {
  kernelName: 'LeakyRelu',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => tf.where(tf.greater(saved[0]!, 0), single(dy), tf.mul(single(dy), attrs.alpha as number)),
  }),
};
/** y + 1 = eˣ below 0. */
const elu = ofOutput('Elu', (dy, y) => tf.where(tf.greater(y, 0), dy, tf.mul(dy, tf.add(y, 1))));
const selu = ofOutput('Selu', (dy, y) =>
  tf.where(tf.less(y, 0), tf.mul(dy, tf.add(y, SELU_SCALE_ALPHA)), tf.mul(dy, SELU_SCALE)),
);
const clipByValue: tf.GradConfig = {
  kernelName: 'ClipByValue',
  inputsToSave: ['x'],
  gradFunc: (dy, saved, attrs) => ({
    x: () => {
      const { clipValueMin, clipValueMax } = attrs as { clipValueMin: number; clipValueMax: number };
      const above = tf.greaterEqual(saved[0]!, clipValueMin);
      return gate(single(dy), tf.logicalAnd(above, tf.lessEqual(saved[0]!, clipValueMax)));
    },
  }),
};
const softmax: tf.GradConfig = {
  kernelName: 'Softmax',
  outputsToSave: [true],
  gradFunc: (dy, saved, attrs) => ({
    logits: () => {
      const weighted = tf.mul(single(dy), saved[0]!);
      return tf.sub(weighted, tf.mul(tf.sum(weighted, attrs.dim as number, true), saved[0]!));
    },
  }),
};

export const activationGradients: readonly tf.GradConfig[] = [
  ofOutput('Sigmoid', (dy, y) => tf.mul(dy, tf.mul(y, tf.sub(1, y)))),
  ofOutput('Relu', (dy, y) => gate(dy, tf.greater(y, 0))),
  ofInput('Softplus', (dy, x) => tf.mul(dy, tf.sigmoid(x))),
  relu6,
  leakyRelu,
  elu,
  selu,
  clipByValue,
  softmax,
];

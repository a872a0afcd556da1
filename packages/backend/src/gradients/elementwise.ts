/** Gradients of element-wise functions of one argument. */
import * as tf from '@tensorflow/tfjs-core';
import { flat, ofInput, ofOutput, single } from './gradient-forms.js';

const TWO_OVER_ROOT_PI = 1.1283791670955126;

const identity: tf.GradConfig = {
  kernelName: 'Identity',
  gradFunc: (dy) => ({ x: () => tf.cast(single(dy), 'float32') }),
};
const cast: tf.GradConfig = { ...identity, kernelName: 'Cast' };

const powersAndLogarithms = [
  ofInput('Neg', (dy) => tf.neg(dy)),
  ofInput('Abs', (dy, x) => tf.mul(dy, tf.sign(x))),
  ofInput('Square', (dy, x) => tf.mul(dy, tf.mul(2, x))),
  ofOutput('Sqrt', (dy, y) => tf.div(dy, tf.mul(2, y))),
  ofOutput('Rsqrt', (dy, y) => tf.mul(dy, tf.mul(-0.5, tf.mul(y, tf.square(y))))),
  ofOutput('Reciprocal', (dy, y) => tf.neg(tf.mul(dy, tf.square(y)))),
  ofOutput('Exp', (dy, y) => tf.mul(dy, y)),
  ofOutput('Expm1', (dy, y) => tf.mul(dy, tf.add(y, 1))),
  ofInput('Log', (dy, x) => tf.div(dy, x)),
  ofInput('Log1p', (dy, x) => tf.div(dy, tf.add(x, 1))),
  ofInput('Erf', (dy, x) => tf.mul(dy, tf.mul(TWO_OVER_ROOT_PI, tf.exp(tf.neg(tf.square(x)))))),
];

const circular = [
  ofInput('Sin', (dy, x) => tf.mul(dy, tf.cos(x))),
  ofInput('Cos', (dy, x) => tf.neg(tf.mul(dy, tf.sin(x)))),
  ofOutput('Tan', (dy, y) => tf.mul(dy, tf.add(1, tf.square(y)))),
  ofInput('Asin', (dy, x) => tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x))))),
  ofInput('Acos', (dy, x) => tf.neg(tf.div(dy, tf.sqrt(tf.sub(1, tf.square(x)))))),
  ofInput('Atan', (dy, x) => tf.div(dy, tf.add(1, tf.square(x)))),
];

const hyperbolic = [
  ofInput('Sinh', (dy, x) => tf.mul(dy, tf.cosh(x))),
  ofInput('Cosh', (dy, x) => tf.mul(dy, tf.sinh(x))),
  ofOutput('Tanh', (dy, y) => tf.mul(dy, tf.sub(1, tf.square(y)))),
  ofInput('Asinh', (dy, x) => tf.div(dy, tf.sqrt(tf.add(1, tf.square(x))))),
  ofInput('Acosh', (dy, x) => tf.div(dy, tf.sqrt(tf.sub(tf.square(x), 1)))),
  ofInput('Atanh', (dy, x) => tf.div(dy, tf.sub(1, tf.square(x)))),
];

const steps = ['Sign', 'Step', 'Floor', 'Ceil', 'Round'].map(flat);

export const elementwiseGradients: readonly tf.GradConfig[] = [
  identity,
  cast,
  ...powersAndLogarithms,
  ...circular,
  ...hyperbolic,
  ...steps,
];

/** Gradients of element-wise functions of two arguments. */
import * as tf from '@tensorflow/tfjs-core';
import { binary, single, sumToShape } from './gradient-forms.js';

/** Adds need no values, only shapes: nothing but the shapes' tensors is kept. */
const add = binary('Add', { a: (dy) => dy, b: (dy) => dy });
const sub = binary('Sub', { a: (dy) => dy, b: (dy) => tf.neg(dy) });
const multiply = binary('Multiply', { a: (dy, _, b) => tf.mul(dy, b), b: (dy, a) => tf.mul(dy, a) });
const divide = binary('RealDiv', {
  a: (dy, _, b) => tf.div(dy, b),
  b: (dy, a, b) => tf.neg(tf.div(tf.div(tf.mul(dy, a), b), b)),
});
const squaredDifference = binary('SquaredDifference', {
  a: (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(a, b))),
  b: (dy, a, b) => tf.mul(dy, tf.mul(2, tf.sub(b, a))),
});
/** Ties go to the first argument, as in TensorFlow. */
const maximum = binary('Maximum', {
  a: (dy, a, b) => where(tf.greaterEqual(a, b), dy),
  b: (dy, a, b) => where(tf.less(a, b), dy),
});
const minimum = binary('Minimum', {
  a: (dy, a, b) => where(tf.lessEqual(a, b), dy),
  b: (dy, a, b) => where(tf.greater(a, b), dy),
});
/** The exponent's gradient is 0 where ln a does not exist (a ≤ 0), as in TensorFlow. */
const pow = binary('Pow', {
  a: (dy, a, b) => tf.mul(dy, tf.mul(b, tf.pow(a, tf.sub(b, 1)))),
  b: (dy, a, b) => {
    const positive = tf.greater(a, 0);
    const logarithm = where(positive, tf.log(tf.where(positive, a, tf.onesLike(a))));
    return tf.mul(dy, tf.mul(tf.pow(a, b), logarithm));
  },
});
const mod = binary('Mod', {
  a: (dy) => dy,
  b: (dy, a, b) => tf.neg(tf.mul(dy, tf.floor(tf.div(a, b)))),
});
const floorDiv = binary('FloorDiv', { a: (dy) => tf.zerosLike(dy), b: (dy) => tf.zerosLike(dy) });
const atan2 = binary('Atan2', {
  a: (dy, a, b) => tf.div(tf.mul(dy, b), tf.add(tf.square(a), tf.square(b))),
  b: (dy, a, b) => tf.neg(tf.div(tf.mul(dy, a), tf.add(tf.square(a), tf.square(b)))),
});
const prelu: tf.GradConfig = {
  kernelName: 'Prelu',
  inputsToSave: ['x', 'alpha'],
  gradFunc: (dy, saved) => {
    const [x, alpha] = saved as [tf.Tensor, tf.Tensor];
    const above = tf.greater(x, 0);
    return {
      x: () => tf.where(above, single(dy), tf.mul(single(dy), alpha)),
      alpha: () => sumToShape(where(tf.logicalNot(above), tf.mul(single(dy), x)), alpha.shape),
    };
  },
};
const addN: tf.GradConfig = {
  kernelName: 'AddN',
  saveAllInputs: true,
  gradFunc: (dy, saved) => Object.fromEntries(saved.map((_, i) => [i, () => tf.clone(single(dy))])),
};

/** `x` where the condition holds, else 0; the two broadcast. */
function where(condition: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return tf.mul(x, tf.cast(condition, 'float32'));
}

export const arithmeticGradients: readonly tf.GradConfig[] = [
  add,
  sub,
  multiply,
  divide,
  squaredDifference,
  maximum,
  minimum,
  pow,
  mod,
  floorDiv,
  atan2,
  prelu,
  addN,
];

import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { sigmoid, softmax } from './activations.js';
import { logitsBehind } from './logits.js';

it('sigmoid and softmax remember what they were applied to, for their own kind', () => {
  const x = tf.tensor2d([1, 2], [1, 2]);
  const [p, q] = [sigmoid().apply(x), softmax().apply(x)];
  expect(logitsBehind(p, 'sigmoid')).toBe(x);
  expect(logitsBehind(q, 'softmax')).toBe(x);
  expect(logitsBehind(p, 'softmax')).toBeUndefined();
  tf.dispose([x, p, q]);
});

it('a tensor made of a probability remembers nothing', () => {
  const x = tf.tensor1d([1, 2]);
  const p = sigmoid().apply(x);
  expect(logitsBehind(tf.clone(p), 'sigmoid')).toBeUndefined();
  expect(logitsBehind(tf.mul(p, 1), 'sigmoid')).toBeUndefined();
});

it('logits that are disposed are forgotten', () => {
  const x = tf.tensor1d([1, 2]);
  const p = sigmoid().apply(x);
  x.dispose();
  expect(logitsBehind(p, 'sigmoid')).toBeUndefined();
});

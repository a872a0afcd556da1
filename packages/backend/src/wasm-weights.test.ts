import { Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';

beforeAll(() => useBackend('wasm'));

it('a weight that is assigned multiplies with its new values, although tfjs keeps packed weights by tensor', () => {
  const param = new Param('kernel', 'dense/kernel', tf.ones([3, 2]));
  const x = tf.ones([4, 3]) as tf.Tensor2D;
  const product = (): number => tf.tidy(() => tf.matMul(x, param.tensor as tf.Tensor2D).dataSync()[0]!);
  for (let step = 1; step <= 5; step++) {
    expect(product()).toBe(3 * step);
    param.assign(tf.fill([3, 2], step + 1));
  }
  param.dispose();
  x.dispose();
});

import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { valueAndGradients } from './value-and-gradients.js';

beforeAll(async () => {
  await useBackend('cpu');
});

test('value and gradients; null for what does not count', () => {
  tf.tidy(() => {
    const [x, y, z] = [tf.scalar(3), tf.scalar(4), tf.scalar(5)];
    const { value, gradients } = valueAndGradients(() => tf.mul(x, tf.square(y)), [x, y, z], 'test');
    expect([value, ...gradients].map((tensor) => tensor?.dataSync()[0])).toEqual([48, 16, 24, undefined]);
  });
});

test('a pass that throws midway frees what was saved for the way back', () => {
  const x = tf.scalar(2);
  const before = tf.memory().numTensors;
  const failing = (): tf.Tensor => {
    tf.square(tf.mul(tf.square(x), x));
    throw new Error('midway');
  };
  expect(() => tf.tidy(() => valueAndGradients(failing, [x], 'test').value)).toThrow('midway');
  expect(tf.memory().numTensors).toBe(before);
  expect(tf.tidy(() => valueAndGradients(() => tf.square(x), [x], 'test').gradients[0]!.dataSync()[0])).toBe(
    4,
  );
});

test('a gradient that is not registered is named, with the remedy', () => {
  const square = tf.getGradient('Square');
  tf.unregisterGradient('Square');
  const x = tf.scalar(2);
  const before = tf.memory().numTensors;
  const attempt = (): tf.Tensor => valueAndGradients(() => tf.square(tf.exp(x)), [x], 'test').value;
  expect(() => tf.tidy(attempt)).toThrow(/'Square'.*useBackend\(\).*\(gradient-missing\)/);
  expect(tf.memory().numTensors).toBe(before);
  tf.registerGradient(square);
});

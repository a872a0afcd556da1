import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { reduceLoss } from './reduce-loss.js';

beforeAll(() => useBackend('wasm'));

/** Losses as of an untrained model: all near ln 2. */
const losses = (shape: readonly number[]) => {
  const size = shape.reduce((product, axis) => product * axis, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.LN2 + 0.01 * Math.sin(i)),
    [...shape],
  );
};
const truth = ({ size }: tf.Tensor, values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / size;

test.each([[[64, 500]], [[256, 2000]], [[16, 50, 40]]])(
  'the mean of %j losses has six digits on wasm, too',
  (shape) => {
    const each = losses(shape);
    const expected = truth(each, each.dataSync());
    const ones = tf.ones(shape.slice(0, 2));
    const found = [
      reduceLoss(each),
      reduceLoss(each, ones),
      reduceLoss(each, undefined, tf.cast(ones, 'bool')),
    ];
    for (const mean of found) expect(Math.abs(mean.dataSync()[0]! - expected)).toBeLessThan(2e-6);
  },
);

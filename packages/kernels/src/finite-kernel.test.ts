import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { finiteKernel } from './finite-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';

const runtime = new KernelRuntime({ threads: 1 });
const kernel = finiteKernel(runtime);

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

function check(values: Float32Array): number {
  return tf.tidy(() => kernel.run({ values: tf.tensor1d(values) }, {}).dataSync()[0]!);
}

describe('values.finite', () => {
  test.each([0, 1, 3, 15, 16, 17, 63, 64, 1000])(
    'is 0 for %i finite values, the largest included',
    (count) => {
      const values = randomValues(count, 1);
      values.fill(-3.4e38, 0, count >> 1); // their sum would not be finite
      expect(check(values)).toBe(0);
    },
  );

  test.each([1, 4, 17, 64, 67])('is NaN when any one of %i values is not', (count) => {
    for (let i = 0; i < count; i++) {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
        const values = randomValues(count, 1);
        values[i] = bad;
        expect(check(values), `${bad} at ${i}`).toBeNaN();
      }
    }
  });
});

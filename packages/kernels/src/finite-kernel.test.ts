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
  return tf.tidy(() => kernel.run({ values: [tf.tensor1d(values)] }, {}).dataSync()[0]!);
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

  test('has a number for each of several tensors, on any number of threads', async () => {
    const several = new KernelRuntime({ threads: 3 });
    await several.start();
    const values = [5, 0, 70_001, 1, 40_000].map((count, i) => randomValues(count, i));
    values[2]![70_000] = Number.NaN;
    values[3]![0] = Number.POSITIVE_INFINITY;
    for (const one of [runtime, several]) {
      const marks = tf.tidy(() =>
        finiteKernel(one)
          .run({ values: values.map((list) => tf.tensor1d(list)) }, {})
          .arraySync(),
      );
      expect(marks).toEqual([0, 0, Number.NaN, Number.NaN, 0]);
    }
    await several.stop();
  });

  test('of nothing is nothing', () => {
    expect(tf.tidy(() => kernel.run({ values: [] }, {}).shape)).toEqual([0]);
  });
});

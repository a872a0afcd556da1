import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { BatchReader, disposeBatch } from './batch-reader.js';
import { splitValidation, toSamples } from './samples.js';

beforeAll(async () => {
  await useBackend('wasm');
});

test('batches together are all rows in the order asked for, the last one with what is left', async () => {
  const before = tf.memory().numTensors;
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 25 }),
      async (count, batchSize) => {
        const data = Int32Array.from({ length: count * 3 }, (_, i) => i);
        const samples = await toSamples(
          { data, shape: [count, 3] },
          data.subarray(0, count),
          undefined,
          'test',
        );
        const order = Int32Array.from({ length: count }, (_, i) => count - 1 - i);
        const reader = new BatchReader(samples, batchSize, false);
        expect(reader.count).toBe(Math.ceil(count / batchSize));
        const rows: number[][] = [];
        for (let i = 0; i < reader.count; i++) {
          const batch = reader.batch(i, order);
          expect(batch.x.shape).toEqual([batch.size, 3]);
          expect(batch.x.dtype).toBe('int32');
          const [x, y] = [batch.x.dataSync(), batch.y.dataSync()];
          for (let row = 0; row < batch.size; row++)
            rows.push([...x.subarray(row * 3, row * 3 + 3), y[row]!]);
          disposeBatch(batch);
        }
        expect(rows).toEqual([...order].map((row) => [row * 3, row * 3 + 1, row * 3 + 2, row]));
      },
    ),
  );
  expect(tf.memory().numTensors).toBe(before);
});

test.each([
  [25_000, 0.2, 20_000],
  [10, 0.25, 7],
  [3, 0.5, 1],
])('of %i samples a split of %f leaves %i for training, as in Keras', async (count, part, left) => {
  const data = new Float32Array(count);
  const samples = await toSamples(data, data, data, 'test');
  const { train, validation } = splitValidation(samples, part, 'test');
  expect(train.x.shape).toEqual([left]);
  expect(train.weights!.data.length).toBe(left);
  expect(validation.y.shape).toEqual([count - left]);
  expect(validation.x.data.buffer).toBe(data.buffer);
});

// The layer inside a model: it learns, and a saved model comes back through the plugin.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { sampleCorpus } from '@ostinato/datasets';
import { dense, embedding, layers } from '@ostinato/layers';
import { adam, modelFromBytes, type Sequential, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mgu, mguPlugin } from './index.js';

const registry = createRegistry([layers, mguPlugin]);
const { train, test: unseen } = sampleCorpus({ seed: 1, reviews: 2000, maxLen: 24, numWords: 1000 });
let model: Sequential;

beforeAll(async () => {
  await useBackend('wasm');
  model = sequential(
    [
      embedding({ inputDim: 1000, outputDim: 8, maskZero: true }),
      mgu({ units: 12 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 1 },
  );
  model.compile({
    optimizer: adam({ learningRate: 0.01 }),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
  });
});

afterAll(() => model.dispose());

test('the loss falls from epoch to epoch, and unseen reviews are judged far better than by chance', async () => {
  const { epochs } = await model.fit(train.x, train.y, { epochs: 4, batchSize: 50 });
  const losses = epochs.map(({ loss }) => loss);
  expect(losses).toEqual([...losses].sort((a, b) => b - a));
  expect(losses[3]!).toBeLessThan(0.7 * losses[0]!);
  const { accuracy } = await model.evaluate(unseen.x, unseen.y);
  expect(accuracy).toBeGreaterThan(0.65); // 1000 reviews, half of each label: chance stays below 0.55
});

test('a step leaves no tensors behind', async () => {
  const rows = { data: train.x.data.subarray(0, 8 * 24), shape: [8, 24] };
  const before = tf.memory().numTensors;
  await model.trainOnBatch(rows, train.y.data.subarray(0, 8));
  expect(tf.memory().numTensors).toBe(before);
});

test('the saved model says the same after loading, and asks for the plugin where it is missing', async () => {
  const bytes = await model.toBytes();
  const loaded = await modelFromBytes(bytes, { registry });
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
  const [ours, theirs] = [await model.predict(unseen.x), await loaded.predict(unseen.x)];
  expect(theirs.dataSync()).toEqual(ours.dataSync());
  tf.dispose([ours, theirs]);
  loaded.dispose();
  const without = modelFromBytes(bytes, { registry: createRegistry([layers]) });
  await expect(without).rejects.toThrow(
    /Add the plugin from 'plugin-mgu' to createRegistry.*\(layer-unknown\)/,
  );
});

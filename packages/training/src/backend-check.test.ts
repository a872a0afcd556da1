import { useBackend } from '@ostinato/backend';
import type { AnyKernel } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sequential } from './sequential.js';
import { compiledWordModel, wordModel, wordTask } from './test-support/tasks.js';
import { dense, embedding, testRegistry } from './test-support/test-layers.js';

const OP = 'UnsortedSegmentSum';
let kernel: tf.KernelConfig;

// The backend as tfjs ships it: wasm has no such kernel.
beforeAll(async () => {
  await useBackend('cpu');
  kernel = tf.getKernel(OP, 'cpu');
  tf.unregisterKernel(OP, 'cpu');
});
afterAll(() => tf.registerKernel(kernel));

const compile = { optimizer: 'sgd', loss: 'mse' } as const;

test('compile names layer, op and backend', () => {
  const model = wordModel({ inputShape: [5] });
  expect(() => model.compile(compile)).toThrow(
    /\[embedding\] The backend 'cpu' has no kernel 'UnsortedSegmentSum'.*no plugin brings a kernel.*useBackend\(\).*\(backend-op\)/,
  );
});

test('a model built by its first data is checked then', async () => {
  const { x, y } = wordTask(4);
  await expect(compiledWordModel().fit(x, y)).rejects.toMatchObject({
    code: 'backend-op',
    where: 'embedding',
  });
});

test('a layer that decides in its first call is checked before the first step backwards', async () => {
  const layer = embedding({ inputDim: 12, outputDim: 2 });
  const model = sequential([layer, dense({ units: 1 })], { registry: testRegistry() });
  const { build } = layer;
  layer.build = (context) =>
    build.call(layer, { ...context, kernels: { use: () => undefined, without: () => {} } });
  model.build([null, 5]);
  model.compile(compile); // nothing is known yet
  const { x } = wordTask(4);
  const y = { data: new Float32Array(20), shape: [4, 5, 1] };
  const before = tf.memory().numTensors;
  await expect(model.fit(x, y)).rejects.toMatchObject({ code: 'backend-op' });
  expect(tf.memory().numTensors).toBe(before);
});

test('a layer that runs fused is not asked', () => {
  const fused: AnyKernel = {
    op: 'embedding.lookup',
    refuse: () => undefined,
    run: ({ table, ids }) => tf.gather(table, ids as tf.Tensor1D),
  };
  const registry = testRegistry({ name: 'fused', version: '1.0.0', kernels: [fused] });
  wordModel({ registry, inputShape: [5] }).compile(compile);
});

test('predicting needs no such kernel', async () => {
  const output = await wordModel().predict(wordTask(2).x);
  expect(output.shape).toEqual([2, 1]);
  output.dispose();
});

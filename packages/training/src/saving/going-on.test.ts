import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { sequential } from '../sequential.js';
import { compiledWordModel, wordModel, wordTask } from '../test-support/tasks.js';
import { dense, testRegistry } from '../test-support/test-layers.js';
import { modelFromBytes, modelFromJSON } from './model-file.js';
import { loadModel } from './save-model.js';
import { loadWeights, weightsToBytes } from './weights-file.js';

const registry = testRegistry();
const { x, y } = wordTask(20);

beforeAll(async () => {
  await useBackend('cpu');
});

test('a loaded model trains on as if it had never been saved, to the bit', async () => {
  const model = compiledWordModel();
  await model.fit(x, y, { epochs: 2, batchSize: 6 });
  const bytes = await model.toBytes();
  const before = tf.memory().numTensors;
  const loaded = await modelFromBytes(bytes, { registry });
  expect(await loaded.fingerprint()).toBe(await model.fingerprint());
  const options = { epochs: 4, initialEpoch: 2, batchSize: 6 };
  await loaded.fit(x, y, options);
  const apart = await loaded.fingerprint();
  expect(apart).not.toBe(await model.fingerprint());
  await model.fit(x, y, options);
  expect(await model.fingerprint()).toBe(apart);
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
  const plain = await modelFromBytes(await model.toBytes({ includeOptimizer: false }), { registry });
  expect(await plain.weightsSha256()).toBe(await model.weightsSha256());
  expect(await plain.fingerprint()).not.toBe(apart);
});

test("damage to the optimizer's tensors is found", async () => {
  const model = compiledWordModel();
  await model.fit(x, y);
  const bytes = await model.toBytes();
  bytes[bytes.length - 2]! ^= 0x40;
  const before = tf.memory().numTensors;
  await expect(modelFromBytes(bytes, { registry })).rejects.toMatchObject({ code: 'model-file' });
  expect(tf.memory().numTensors).toBe(before);
});

test('a disposed model says so, and a file that is not there is not called damaged', async () => {
  const model = compiledWordModel();
  model.dispose();
  await expect(model.fit(x, y)).rejects.toMatchObject({ code: 'model-disposed' });
  const missing = loadModel('no such folder/model.safetensors', { registry });
  await expect(missing).rejects.toThrow(
    /ENOENT.*Give the path of a file that saveModel\(\) wrote\. \(model-file\)/,
  );
});

test('a model that is read may run fused kernels otherwise than it was saved', async () => {
  const model = compiledWordModel({ fused: 'auto', inputShape: [5] });
  const bytes = await model.toBytes();
  for (const fused of [undefined, 'off', 'required'] as const) {
    for (const read of [
      () => modelFromBytes(bytes, { registry, fused }),
      () => modelFromJSON(model.toJSON(), { registry, fused }),
    ]) {
      const outcome = await Promise.resolve()
        .then(read)
        .catch((error) => error.code);
      // the registry has no kernels
      if (fused === 'required') expect(outcome).toBe('kernel-required');
      else expect((outcome as typeof model).options.fused).toBe(fused ?? 'auto');
    }
  }
  const wrong = modelFromBytes(bytes, { registry, fused: 'never' as never });
  await expect(wrong).rejects.toMatchObject({ code: 'config-fused' });
  const unknown = modelFromBytes(bytes, { registry, fuse: 'off' } as never);
  await expect(unknown).rejects.toThrow("Did you mean 'fused'?");
});

test('JSON makes an equal model with the initial weights of its seed', async () => {
  const model = compiledWordModel({ seed: 4, inputShape: [5] });
  const twin = modelFromJSON(JSON.parse(JSON.stringify(model)), { registry });
  expect(await twin.fingerprint()).toBe(await model.fingerprint());
  expect(() => modelFromJSON({ class: 'Sequential' }, { registry })).toThrow(/model-file/);
});

test('JSON with a compilation that is none leaves nothing behind', () => {
  const json = JSON.parse(JSON.stringify(compiledWordModel({ seed: 4, inputShape: [5] })));
  const before = tf.memory().numTensors;
  for (const broken of [{ optimizer: 'adamm' }, { loss: null }, { metrics: ['precise'] }]) {
    const compile = { ...json.compile, ...broken };
    expect(() => modelFromJSON({ ...json, compile }, { registry })).toThrow(/Expected/);
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('a file of the first version is read, and one that needs no more is still written', async () => {
  const layers = [{ layer: '@test/layers>Dense', version: 1, config: { units: 2 } }];
  const first = { class: 'Sequential', name: 'old', seed: 1, fused: 'auto', inputShape: [null, 3], layers };
  const model = modelFromJSON(first, { registry });
  expect(model.outputShape).toEqual([null, 2]);
  expect(JSON.parse(JSON.stringify(model))).toEqual(first);
});

test('weights by path, those that fit', async () => {
  const model = wordModel({ inputShape: [5] });
  const bytes = weightsToBytes(await model.getWeights());
  const other = sequential([dense({ units: 1 }), dense({ units: 1, name: 'head' })], {
    registry,
    inputShape: [3],
  });
  const head = (await other.getWeights())[2]!;
  await expect(loadWeights(other, bytes)).rejects.toMatchObject({ code: 'weights-other' });
  const { loaded, missing, unused } = await loadWeights(other, bytes, { strict: false });
  expect(loaded).toEqual(['dense/kernel', 'dense/bias']);
  expect(missing).toEqual(['head/kernel', 'head/bias']);
  expect(unused).toEqual(['embedding/embeddings']);
  expect((await other.getWeights())[0]!.data).toEqual((await model.getWeights())[1]!.data);
  expect((await other.getWeights())[2]!.data).toEqual(head.data);
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { binaryCrossentropy } from '../losses/binary-crossentropy.js';
import { sgd } from '../optimizers/sgd.js';
import { compiledWordModel, wordModel, wordTask } from '../test-support/tasks.js';
import { testRegistry } from '../test-support/test-layers.js';
import { loadModel, saveModel } from './save-model.js';

const registry = testRegistry();
let folder: string;

beforeEach(async () => {
  await useBackend('cpu');
  folder = await mkdtemp(join(tmpdir(), 'ostinato-model-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('a saved model comes back with its weights, seed and compilation, and goes on alike', async () => {
  const { x, y } = wordTask(24);
  const model = wordModel({ seed: 77, name: 'words' });
  const optimizer = sgd({ learningRate: 0.5 });
  model.compile({ optimizer, loss: binaryCrossentropy({ labelSmoothing: 0.1 }), metrics: ['accuracy'] });
  await model.fit(x, y, { epochs: 2, batchSize: 8 });
  optimizer.learningRate = 0.25;
  const path = join(folder, 'model.safetensors');
  const before = tf.memory().numTensors;
  await saveModel(model, path);
  expect(tf.memory().numTensors).toBe(before);
  const loaded = await loadModel(path, { registry });
  expect(loaded.name).toBe('words');
  expect(loaded.options.seed).toBe(77);
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
  expect(await loaded.evaluate(x, y)).toEqual(await model.evaluate(x, y));
  expect(loaded.optimizer.learningRate).toBe(0.25);
  for (const each of [model, loaded]) await each.fit(x, y, { epochs: 3, initialEpoch: 2, batchSize: 8 });
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
  loaded.dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test('a model that was not compiled can be saved; it then asks to be', async () => {
  const model = wordModel({ inputShape: [5] });
  const path = join(folder, 'model.safetensors');
  await saveModel(model, path);
  const loaded = await loadModel(path, { registry });
  expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
  await expect(loaded.fit(wordTask(4).x, wordTask(4).y)).rejects.toMatchObject({ code: 'not-compiled' });
});

test('saving replaces a file whole and leaves nothing beside it', async () => {
  const path = join(folder, 'model.safetensors');
  await writeFile(path, 'old');
  await saveModel(wordModel({ inputShape: [5] }), path);
  expect(await readdir(folder)).toEqual(['model.safetensors']);
  expect((await readFile(path)).length).toBeGreaterThan(100);
});

test('folders that are not there are made: a trained model is not lost for want of one', async () => {
  const path = join(folder, 'new', 'runs', 'model.safetensors');
  await saveModel(wordModel({ inputShape: [5] }), path);
  expect(await readdir(join(folder, 'new', 'runs'))).toEqual(['model.safetensors']);
  expect((await readFile(path)).length).toBeGreaterThan(100);
});

test('a place that cannot be written to: a clear error with the path, and nothing is left', async () => {
  const model = wordModel({ inputShape: [5] });
  await writeFile(join(folder, 'file'), '');
  const below = join(folder, 'file', 'such', 'model.safetensors');
  await expect(saveModel(model, below)).rejects.toThrow(
    /file\/such\/model\.safetensors.*ENOTDIR.*\(save-failed\)/,
  );
  const occupied = join(folder, 'occupied');
  await mkdir(join(occupied, 'full'), { recursive: true });
  await expect(saveModel(model, occupied)).rejects.toMatchObject({ code: 'save-failed' });
  expect(await readdir(folder)).toEqual(['file', 'occupied']);
});

test('a file that is not there, or is something else', async () => {
  const path = join(folder, 'model.safetensors');
  await expect(loadModel(path, { registry })).rejects.toThrow(/model\.safetensors.*ENOENT.*\(model-file\)/);
  await writeFile(path, '<!doctype html><title>404</title>');
  await expect(loadModel(path, { registry })).rejects.toMatchObject({ code: 'model-file' });
});

test('a registry without the plugin is told which one to add', async () => {
  const path = join(folder, 'model.safetensors');
  await saveModel(compiledWordModel({ inputShape: [5] }), path);
  const empty = createRegistry([]) as never;
  await expect(loadModel(path, { registry: empty })).rejects.toThrow(/'@test\/layers'.*\(layer-unknown\)/);
});

test('a model without weights yet is not saved', async () => {
  await expect(saveModel(wordModel(), join(folder, 'm'))).rejects.toMatchObject({ code: 'not-built' });
});

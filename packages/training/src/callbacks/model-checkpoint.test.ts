import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import { modelFromBytes } from '../saving/model-file.js';
import { loadModel } from '../saving/save-model.js';
import { loadWeights } from '../saving/weights-file.js';
import { memoryStorage } from '../storage/memory-storage.js';
import type { Storage } from '../storage/storage.js';
import { driveEpochs, smallModel } from '../test-support/drive-callback.js';
import { readGolden } from '../test-support/golden.js';
import { compiledWordModel, wordModel, wordTask } from '../test-support/tasks.js';
import { testRegistry } from '../test-support/test-layers.js';
import { type ModelCheckpointOptions, modelCheckpoint } from './model-checkpoint.js';

interface CheckpointCase {
  readonly name: string;
  readonly options: Omit<ModelCheckpointOptions, 'filepath'>;
  readonly values: readonly number[];
  readonly saved: readonly string[];
}

const { modelCheckpoint: cases } = readGolden<{ modelCheckpoint: CheckpointCase[] }>('callbacks.json');
const registry = testRegistry();
const { x, y } = wordTask(20);

beforeAll(() => useBackend('cpu'));

const inOrder = (keys: readonly string[]) => [...keys].sort((a, b) => Number(a) - Number(b));

describe('saves when Keras does', () => {
  test.each(cases)('$name', async ({ options, values, saved }) => {
    const storage = memoryStorage();
    const model = smallModel();
    const callback = modelCheckpoint({ filepath: '{epoch}', storage, ...options });
    await callback.onTrainBegin?.(model);
    await driveEpochs(callback, { model, figure: options.monitor ?? 'valLoss', values });
    expect(inOrder(await storage.list())).toEqual(saved);
  });

  test.each(cases)('$name, with its state carried to another callback after each epoch', async (golden) => {
    const { options, values, saved } = golden;
    const storage = memoryStorage();
    const model = smallModel();
    const figure = options.monitor ?? 'valLoss';
    const make = () => modelCheckpoint({ filepath: '{epoch}', storage, ...options });
    let callback = make();
    await callback.onTrainBegin?.(model);
    for (const epoch of values.keys()) {
      await driveEpochs(callback, { model, figure, values: values.slice(0, epoch + 1), from: epoch });
      const state = JSON.parse(JSON.stringify(await callback.getState!()));
      callback = make();
      await callback.onTrainBegin?.(model);
      await callback.setState?.(state, model);
    }
    expect(inOrder(await storage.list())).toEqual(saved);
  });
});

test('the file of each epoch is the model after it, in a folder that is made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-checkpoint-'));
  try {
    const hashes: string[] = [];
    const watch: Callback = {
      onEpochEnd: async (_epoch, _logs, model) => void hashes.push(await model.weightsSha256()),
    };
    const filepath = join(folder, 'runs', 'model-{epoch:02d}-{loss:.1f}.safetensors');
    const history = await compiledWordModel().fit(x, y, {
      epochs: 2,
      callbacks: [modelCheckpoint({ filepath }), watch],
    });
    const names = history.epochs.map(({ epoch, loss }) => `model-0${epoch}-${loss.toFixed(1)}.safetensors`);
    expect(await readdir(join(folder, 'runs'))).toEqual(names);
    for (const [i, name] of names.entries()) {
      const model = await loadModel(join(folder, 'runs', name), { registry });
      expect(await model.weightsSha256()).toBe(hashes[i]);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('weights alone are read by loadWeights, and are no model', async () => {
  const storage = memoryStorage();
  const model = compiledWordModel();
  await model.fit(x, y, { callbacks: [modelCheckpoint({ filepath: 'w', storage, saveWeightsOnly: true })] });
  const bytes = (await storage.read('w'))!;
  await expect(modelFromBytes(bytes, { registry })).rejects.toThrow('(model-file)');
  const other = wordModel({ seed: 5, inputShape: [5] });
  await loadWeights(other, bytes);
  expect(await other.weightsSha256()).toBe(await model.weightsSha256());
});

test('every third batch, over all epochs, also when its state is carried on', async () => {
  const whole = memoryStorage();
  const options = { filepath: '{epoch}-{batch}', saveFreq: 3, saveWeightsOnly: true } as const;
  const fit = { epochs: 3, batchSize: 5, shuffle: false };
  await compiledWordModel().fit(x, y, {
    ...fit,
    callbacks: [modelCheckpoint({ ...options, storage: whole })],
  });
  expect(await whole.list()).toEqual(['1-3', '2-2', '3-1', '3-4']);
  const parts = memoryStorage();
  const first = modelCheckpoint({ ...options, storage: parts });
  const model = compiledWordModel();
  await model.fit(x, y, { ...fit, epochs: 1, callbacks: [first] });
  const state = JSON.parse(JSON.stringify(await first.getState!()));
  const second = modelCheckpoint({ ...options, storage: parts });
  const goOn: Callback = {
    onEpochBegin: (epoch) => (epoch === 1 ? second.setState?.(state, model) : undefined),
  };
  await model.fit(x, y, { ...fit, initialEpoch: 1, callbacks: [goOn, second] });
  expect(await parts.list()).toEqual(await whole.list());
});

test('a figure that is not there is an error', async () => {
  const fit = (options: Omit<ModelCheckpointOptions, 'filepath' | 'storage'>, filepath = 'm') => {
    const storage: Storage = memoryStorage();
    return compiledWordModel().fit(x, y, { callbacks: [modelCheckpoint({ filepath, storage, ...options })] });
  };
  await expect(fit({ saveBestOnly: true, monitor: 'acuracy', mode: 'max' })).rejects.toThrow(
    "received 'acuracy'",
  );
  await expect(fit({}, '{acuracy}')).rejects.toThrow('one of loss, accuracy, epoch');
  await fit({ monitor: 'whatever' });
});

test('NaN is never the best', async () => {
  const storage = memoryStorage();
  const callback = modelCheckpoint({ filepath: '{epoch}', storage, saveBestOnly: true });
  const model = smallModel();
  await callback.onTrainBegin?.(model);
  await driveEpochs(callback, { model, figure: 'valLoss', values: [Number.NaN, 3, Number.NaN, 2] });
  expect(await storage.list()).toEqual(['2', '4']);
});

test.each([
  [{}, 'config-filepath'],
  [{ filepath: '{epoch' }, 'config-filepath'],
  [{ filepath: 'm', saveFreq: 0 }, 'config-save-freq'],
  [{ filepath: 'm', saveFreq: 'batch' }, 'config-save-freq'],
  [{ filepath: 'm', saveBestOnly: 1 }, 'config-save-best-only'],
  [{ filepath: 'm', saveBestOnly: true, monitor: 'thing' }, 'config-mode'],
  [{ filepath: 'm', initialValueThreshold: 'low' }, 'config-initial-value-threshold'],
  [{ filepath: 'm', period: 2 }, 'config-unknown'],
])('%j is refused: %s', (options, code) => {
  expect(() => modelCheckpoint(options as never)).toThrow(`(${code})`);
});

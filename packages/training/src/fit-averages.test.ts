// When the weights become their averages (`useEma`): as in Keras, whenever fit ends, but for an interruption.
import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { earlyStopping } from './callbacks/early-stopping.js';
import type { Callback } from './callbacks.js';
import { backupAndRestore } from './checkpoint/backup-and-restore.js';
import { sgd } from './optimizers/sgd.js';
import { memoryStorage } from './storage/memory-storage.js';
import { wordModel, wordTask } from './test-support/tasks.js';

const { x, y } = wordTask(12);

beforeAll(() => useBackend('cpu'));

function averaging() {
  const model = wordModel();
  const optimizer = sgd({ learningRate: 0.5, useEma: true, emaMomentum: 0.9 });
  model.compile({ optimizer, loss: 'binaryCrossentropy' });
  return model;
}

/** Notes the weights' hash after each epoch. */
function watch(): Callback & { readonly seen: string[] } {
  const seen: string[] = [];
  return { seen, onEpochEnd: async (_epoch, _logs, model) => void seen.push(await model.weightsSha256()) };
}

const stopAfter = (last: number): Callback => ({
  onEpochEnd: (epoch, _logs, model) => {
    if (epoch === last) model.stop('enough');
  },
});

test('a callback that stops a fit ends it: the weights are those of a fit of so many epochs', async () => {
  const [whole, stopped] = [averaging(), averaging()];
  await whole.fit(x, y, { epochs: 3 });
  const notes = watch();
  const { reason } = await stopped.fit(x, y, { epochs: 9, callbacks: [stopAfter(2), notes] });
  expect(reason).toBe('enough');
  expect(await stopped.weightsSha256()).toBe(await whole.weightsSha256());
  expect(await stopped.weightsSha256()).not.toBe(notes.seen.at(-1));
});

test('best weights are given back after that', async () => {
  const model = averaging();
  const notes = watch();
  const best = earlyStopping({ monitor: 'loss', minDelta: 100, restoreBestWeights: true });
  await model.fit(x, y, { epochs: 9, callbacks: [best, notes] });
  expect(await model.weightsSha256()).toBe(notes.seen[0]);
});

test('a signal interrupts: the weights stay as they are, to go on from', async () => {
  const controller = new AbortController();
  const abort: Callback = { onEpochEnd: () => controller.abort() };
  const model = averaging();
  const notes = watch();
  const { signal } = controller;
  await model.fit(x, y, { epochs: 9, signal, callbacks: [abort, notes] });
  expect(await model.weightsSha256()).toBe(notes.seen[0]);
});

test('a checkpoint of a stopped fit goes on from what the averages replaced', async () => {
  const [whole, first, next] = [averaging(), averaging(), averaging()];
  const storage = memoryStorage();
  await whole.fit(x, y, { epochs: 4 });
  await first.fit(x, y, { epochs: 4, callbacks: [stopAfter(1), backupAndRestore({ storage })] });
  await next.fit(x, y, { epochs: 4, callbacks: [backupAndRestore({ storage })] });
  expect(await next.weightsSha256()).toBe(await whole.weightsSha256());
});

test('frozen weights keep what they are', async () => {
  const model = averaging();
  await model.fit(x, y, { epochs: 2, signal: AbortSignal.abort() });
  await model.trainOnBatch(x, y);
  await model.trainOnBatch(x, y);
  const { layer } = model.layer('embedding');
  layer.trainable = false;
  const frozen = await layer.params[0]!.tensor.data();
  await model.fit(x, y, { epochs: 1 });
  expect(await layer.params[0]!.tensor.data()).toEqual(frozen);
});

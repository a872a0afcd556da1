// All callbacks at once in a training that is killed and goes on from its checkpoint: their files, decisions and the
// weights are those of the training that nothing disturbed.
import { useBackend } from '@ostinato/backend';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Callback } from '../callbacks.js';
import { backupAndRestore } from '../checkpoint/backup-and-restore.js';
import { memoryStorage } from '../storage/memory-storage.js';
import type { Storage } from '../storage/storage.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { csvLogger } from './csv-logger.js';
import { earlyStopping } from './early-stopping.js';
import { jsonLinesLogger } from './json-lines-logger.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.js';
import { tensorBoard } from './tensor-board/tensor-board.js';
import { terminateOnNaN } from './terminate-on-nan.js';

const { x, y } = wordTask(24); // 18 to train on, in 3 batches

beforeAll(() => useBackend('cpu'));
afterEach(() => {
  vi.useRealTimers();
});

/** Throws at the end of that batch or epoch, counted from 1 in this process; the checkpoint there is not made. */
function killer({ batch, epoch }: { readonly batch?: number; readonly epoch?: number }): Callback {
  const count = { batches: 0, epochs: 0 };
  const die = (): never => {
    throw new Error('killed');
  };
  return {
    onBatchEnd: () => {
      if (++count.batches === batch) die();
    },
    onEpochEnd: () => {
      if (++count.epochs === epoch) die(); // the loggers have written the epoch
    },
  };
}

async function train(files: Storage, backups: Storage, more: readonly Callback[]) {
  const model = compiledWordModel({ inputShape: [5] });
  model.optimizer.learningRate = 0.8;
  const callbacks = [
    earlyStopping({ patience: 4, restoreBestWeights: true }),
    reduceLROnPlateau({ patience: 1, factor: 0.5, minDelta: 0.01 }),
    csvLogger({ filename: 'log.csv', storage: files }),
    jsonLinesLogger({ filename: 'log.jsonl', storage: files, updateFreq: 2 }),
    tensorBoard({ logDir: 'board', storage: files, updateFreq: 'batch', histogramFreq: 2 }),
    modelCheckpoint({ filepath: 'best-{epoch}', storage: files, saveBestOnly: true }),
    modelCheckpoint({ filepath: 'last', storage: files, saveFreq: 4, saveWeightsOnly: true }),
    terminateOnNaN(),
    ...more,
    backupAndRestore({ storage: backups, saveFreq: 2 }),
  ];
  const history = await model.fit(x, y, { epochs: 30, batchSize: 6, validationSplit: 0.25, callbacks });
  return { history, sha256: await model.weightsSha256(), rate: model.optimizer.learningRate };
}

async function contents(storage: Storage): Promise<Record<string, Uint8Array>> {
  const values: Record<string, Uint8Array> = {};
  for (const key of await storage.list()) values[key] = (await storage.read(key))!;
  return values;
}

test('killed again and again, it has written, decided and learned the same', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_000 });
  const undisturbed = memoryStorage();
  const expected = await train(undisturbed, memoryStorage(), []);
  expect(expected.history.stopped).toBe(true); // by earlyStopping, after its rate was lowered
  expect(expected.rate).toBeLessThan(0.8);
  const files = memoryStorage();
  const backups = memoryStorage();
  const ends = [{ batch: 1 }, { epoch: 1 }, { batch: 5 }, { epoch: 1 }, { batch: 2 }];
  for (const end of ends) {
    await expect(train(files, backups, [killer(end)])).rejects.toThrow('killed');
  }
  const { history, sha256, rate } = await train(files, backups, []);
  expect(history.history).toEqual(expected.history.history);
  expect([history.stopped, history.reason]).toEqual([true, expected.history.reason]);
  expect([sha256, rate]).toEqual([expected.sha256, expected.rate]);
  const written = await contents(files);
  expect(Object.keys(written)).toEqual(Object.keys(await contents(undisturbed)));
  expect(written).toEqual(await contents(undisturbed));
});

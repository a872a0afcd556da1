import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import type { Logs } from '../running-figures.js';
import { memoryStorage } from '../storage/memory-storage.js';
import { expectResumable } from '../test-support/resume-log.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { csvLogger } from './csv-logger.js';

const model = {} as never;
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

beforeAll(() => useBackend('cpu'));

/** One fit of these epochs. */
async function log(callback: Callback, epochs: readonly Logs[]): Promise<void> {
  await callback.onTrainBegin?.(model);
  for (const [epoch, logs] of epochs.entries()) {
    await callback.onEpochBegin?.(epoch, model);
    await callback.onEpochEnd?.(epoch, logs, model);
  }
  await callback.onTrainEnd?.(undefined, model);
}

test('fit writes the figures of its history, into folders that it makes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ostinato-csv-'));
  try {
    const filename = join(folder, 'runs', 'log.csv');
    const { x, y } = wordTask(20);
    const callbacks = [csvLogger({ filename })];
    const { epochs } = await compiledWordModel().fit(x, y, { epochs: 3, validationSplit: 0.3, callbacks });
    const rows = epochs.map(
      ({ epoch, loss, accuracy, valLoss, valAccuracy }) =>
        `${epoch - 1},${loss},${accuracy},${valLoss},${valAccuracy}\r\n`,
    );
    const header = 'epoch,loss,accuracy,valLoss,valAccuracy\r\n';
    expect(await readFile(filename, 'utf8')).toBe(header + rows.join(''));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('columns for validation are there before it is, and what an epoch lacks is NA', async () => {
  const storage = memoryStorage();
  await log(csvLogger({ filename: 'log', storage }), [
    { loss: 1.5, f1: 0 },
    { loss: Number.NaN, f1: 1e-7, valLoss: 2, valF1: Number.POSITIVE_INFINITY },
  ]);
  expect(text(await storage.read('log'))).toBe(
    'epoch,loss,f1,valLoss,valF1\r\n0,1.5,0,NA,NA\r\n1,NaN,1e-7,2,Infinity\r\n',
  );
});

test('fields that hold the separator, quotes or line breaks stand in quotes', async () => {
  const storage = memoryStorage();
  const logs = { loss: 0.5, 'a;b': 1, 'say "so"': 2, 'two\nlines': 3, valLoss: 4 } as Logs;
  await log(csvLogger({ filename: 'log', storage, separator: ';' }), [logs]);
  expect(text(await storage.read('log'))).toBe(
    'epoch;loss;"a;b";"say ""so""";"two\nlines";valLoss\r\n0;0.5;1;2;3;4\r\n',
  );
});

test('a separator that numbers hold', async () => {
  const storage = memoryStorage();
  await log(csvLogger({ filename: 'log', storage, separator: '.' }), [{ loss: 0.5, valLoss: 1 }]);
  expect(text(await storage.read('log'))).toBe('epoch.loss.valLoss\r\n0."0.5".1\r\n');
});

test('a second fit begins the file anew, or goes on with it under the same header', async () => {
  const storage = memoryStorage();
  const anew = csvLogger({ filename: 'log', storage });
  await log(anew, [{ loss: 1, valLoss: 1 }]);
  await log(anew, [{ loss: 2, valLoss: 2 }]);
  expect(text(await storage.read('log'))).toBe('epoch,loss,valLoss\r\n0,2,2\r\n');
  const append = () => csvLogger({ filename: 'log', storage, append: true });
  await log(append(), [{ loss: 3, valLoss: 3 }]);
  expect(text(await storage.read('log'))).toBe('epoch,loss,valLoss\r\n0,2,2\r\n0,3,3\r\n');
  await expect(log(append(), [{ loss: 3, accuracy: 3 }])).rejects.toThrow(
    "Expected 'epoch,loss,valLoss'; received 'epoch,loss,accuracy,valLoss,valAccuracy'",
  );
});

test('a figure without a column is an error', async () => {
  const callback = csvLogger({ filename: 'log', storage: memoryStorage() });
  const logs = [
    { loss: 1, valLoss: 1 },
    { loss: 1, late: 1, valLoss: 1 },
  ];
  await expect(log(callback, logs)).rejects.toThrow('received late besides. Name another file');
});

test('killed at any moment and resumed, it has written the same', async () => {
  const written = await expectResumable((storage) => csvLogger({ filename: 'log', storage }), model);
  expect(text(written.log).split('\r\n').length).toBe(5);
});

test('a resumed training keeps the rows of the file it was appended to', async () => {
  const storage = memoryStorage();
  await log(csvLogger({ filename: 'log', storage }), [{ loss: 1, valLoss: 1 }]);
  const append = () => csvLogger({ filename: 'log', storage, append: true });
  const first = append();
  await first.onTrainBegin?.(model);
  await first.onEpochEnd?.(0, { loss: 2, valLoss: 2 }, model);
  const state = await first.getState!();
  await first.onEpochEnd?.(1, { loss: 9, valLoss: 9 }, model);
  const second = append();
  await second.onTrainBegin?.(model);
  await second.setState?.(state, model);
  await second.onEpochEnd?.(1, { loss: 3, valLoss: 3 }, model);
  expect(text(await storage.read('log'))).toBe('epoch,loss,valLoss\r\n0,1,1\r\n0,2,2\r\n1,3,3\r\n');
});

test('a file that became shorter than the checkpoint says is an error', async () => {
  const storage = memoryStorage();
  const callback = csvLogger({ filename: 'log', storage });
  await log(callback, [{ loss: 1, valLoss: 1 }]);
  const state = await callback.getState!();
  await storage.write('log', new Uint8Array(3));
  const next = csvLogger({ filename: 'log', storage });
  await expect(async () => next.setState?.(state, model)).rejects.toThrow(
    "[csvLogger] 'log' in memoryStorage() is shorter than when the checkpoint was written. Expected 27 bytes or more; " +
      'received 3. Put the file back, or go on without this callback. (log-shorter)',
  );
});

test.each([
  [{}, 'config-filename'],
  [{ filename: 'a/' }, 'config-filename'],
  [{ filename: 'a', separator: ',,' }, 'config-separator'],
  [{ filename: 'a', separator: '"' }, 'config-separator'],
  [{ filename: 'a', append: 1 }, 'config-append'],
  [{ filename: 'a', storage: {} }, 'config-storage'],
  [{ filename: 'a', sep: ',' }, 'config-unknown'],
])('%j is refused: %s', (options, code) => {
  expect(() => csvLogger(options as never)).toThrow(`(${code})`);
});

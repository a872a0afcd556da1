import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { memoryStorage } from '../storage/memory-storage.js';
import { expectResumable, figuresOf } from '../test-support/resume-log.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { jsonLinesLogger } from './json-lines-logger.js';
import type { UpdateFreq } from './update-freq.js';

const model = {} as never;
const linesOf = (bytes: Uint8Array | undefined) =>
  new TextDecoder()
    .decode(bytes)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

beforeAll(() => useBackend('cpu'));

async function fitWith(updateFreq: UpdateFreq) {
  const storage = memoryStorage();
  const { x, y } = wordTask(20);
  const seen: object[] = [];
  let epoch = 0;
  const watch = {
    onEpochBegin: (index: number) => {
      epoch = index;
    },
    onBatchEnd: (batch: number, logs: object) => void seen.push({ epoch, batch, ...logs }),
  };
  const callbacks = [watch, jsonLinesLogger({ filename: 'log', storage, updateFreq })];
  const history = await compiledWordModel().fit(x, y, { epochs: 2, batchSize: 6, callbacks });
  const epochs = history.epochs.map(({ seconds: _, ...record }) => ({ ...record, epoch: record.epoch - 1 }));
  return { lines: linesOf(await storage.read('log')), seen, epochs };
}

test('a line for each epoch', async () => {
  const { lines, epochs } = await fitWith('epoch');
  expect(lines).toEqual(epochs);
  expect(Object.keys(lines[1])).toEqual(['epoch', 'loss', 'accuracy']);
});

test('and for each batch, or every few over all epochs', async () => {
  const all = await fitWith('batch');
  expect(all.lines).toEqual([...all.seen.slice(0, 4), all.epochs[0], ...all.seen.slice(4), all.epochs[1]]);
  const third = await fitWith(3);
  const [, , a, , , b] = third.seen;
  expect(third.lines).toEqual([a, third.epochs[0], b, third.epochs[1]]);
});

test.each(['epoch', 'batch', 3] as const)(
  'killed at any moment and resumed, it has written the same: %s',
  async (updateFreq) => {
    const make = (storage: never) => jsonLinesLogger({ filename: 'log', storage, updateFreq });
    const written = await expectResumable(make as never, model);
    expect(linesOf(written.log).at(-1)).toMatchObject({ epoch: 2, ...figuresOf(2, 4), valLoss: 2 / 3 });
  },
);

test('what waits is written when a step fails', async () => {
  const storage = memoryStorage();
  const callback = jsonLinesLogger({ filename: 'log', storage, updateFreq: 'batch' });
  await callback.onTrainBegin?.(model);
  await callback.onEpochBegin?.(0, model);
  await callback.onBatchEnd?.(0, { loss: Number.NaN, accuracy: Number.NEGATIVE_INFINITY }, model);
  expect((await storage.read('log'))?.length).toBe(0);
  expect(await callback.onBatchError?.(1, new Error('lost'), model)).toBe(false);
  expect(linesOf(await storage.read('log'))).toEqual([
    { epoch: 0, batch: 0, loss: 'NaN', accuracy: '-Infinity' },
  ]);
});

test('append goes on with the file', async () => {
  const storage = memoryStorage();
  for (const append of [false, true, true]) {
    const callback = jsonLinesLogger({ filename: 'log', storage, append });
    await callback.onTrainBegin?.(model);
    await callback.onEpochEnd?.(0, { loss: 1 }, model);
  }
  expect(linesOf(await storage.read('log')).length).toBe(3);
});

test.each([
  [{ filename: 'a', updateFreq: 0 }, 'config-update-freq'],
  [{ filename: 'a', updateFreq: 'step' }, 'config-update-freq'],
  [{ filename: 3 }, 'config-filename'],
])('%j is refused: %s', (options, code) => {
  expect(() => jsonLinesLogger(options as never)).toThrow(`(${code})`);
});

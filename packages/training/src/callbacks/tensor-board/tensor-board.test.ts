import { useBackend } from '@ostinato/backend';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Callback } from '../../callbacks.js';
import { memoryStorage } from '../../storage/memory-storage.js';
import type { Storage } from '../../storage/storage.js';
import { type ReadEvent, readEvents } from '../../test-support/read-events.js';
import { expectResumable } from '../../test-support/resume-log.js';
import { compiledWordModel, wordTask } from '../../test-support/tasks.js';
import { histogramBuckets } from './histogram-buckets.js';
import { type TensorBoardOptions, tensorBoard } from './tensor-board.js';

beforeAll(() => useBackend('cpu'));
afterEach(() => {
  vi.useRealTimers();
});

/** The events of each run, of the one file that it has. */
async function runsOf(storage: Storage): Promise<Record<string, ReadEvent[]>> {
  const keys = await storage.list();
  const runs = await Promise.all(
    keys.map(async (key) => [key.split('/').at(-2), readEvents((await storage.read(key))!)] as const),
  );
  expect(runs.length).toBe(new Set(runs.map(([run]) => run)).size);
  return Object.fromEntries(runs);
}

async function fitWith(options: TensorBoardOptions, more: readonly Callback[] = []) {
  const storage = memoryStorage();
  const { x, y } = wordTask(20);
  const model = compiledWordModel();
  const callbacks = [tensorBoard({ storage, ...options }), ...more];
  const history = await model.fit(x, y, { epochs: 3, batchSize: 5, validationSplit: 0.25, callbacks });
  const { train = [], validation = [] } = await runsOf(storage);
  return { storage, model, history: history.history, train, validation };
}

const of = (events: readonly ReadEvent[], tag: string) =>
  events.filter((event) => event.tag === tag).map(({ step, numbers }) => [step, ...numbers]);
const steps = (values: readonly number[] | undefined, first = 0) =>
  values!.map((value, i) => [first + i, Math.fround(value)]);

test('figures of epochs, of training and of validation, and the learning rate', async () => {
  const { history, train, validation, storage } = await fitWith({ logDir: 'runs/first/' });
  expect(of(train, 'epoch_loss')).toEqual(steps(history.loss));
  expect(of(train, 'epoch_accuracy')).toEqual(steps(history.accuracy));
  expect(of(validation, 'epoch_loss')).toEqual(steps(history.valLoss));
  expect(of(validation, 'epoch_accuracy')).toEqual(steps(history.valAccuracy));
  expect(of(train, 'epoch_learning_rate')).toEqual(steps([0.001, 0.001, 0.001]));
  expect(new Set(train.map(({ plugin }) => plugin))).toEqual(new Set(['scalars']));
  expect(new Set(train.map(({ tag }) => tag)).size).toBe(3);
  for (const key of await storage.list()) {
    expect(key).toMatch(
      /^runs\/first\/(train|validation)\/events\.out\.tfevents\.\d{10}\.ostinato\.[\d.-]+\.v2$/,
    );
  }
});

test('figures of every second batch, over all epochs', async () => {
  const seen: number[] = [];
  const watch: Callback = { onBatchEnd: (_, { loss }) => void seen.push(loss) };
  const { train } = await fitWith({ updateFreq: 2, writeLearningRate: false }, [watch]);
  const second = seen.map((loss, i) => [i + 1, Math.fround(loss)]).filter(([step]) => step! % 2 === 0);
  expect(seen.length).toBe(9);
  expect(of(train, 'batch_loss')).toEqual(second);
  expect(of(train, 'epoch_learning_rate')).toEqual([]);
});

test('histograms of every weight, every second epoch', async () => {
  const { train, model } = await fitWith({ histogramFreq: 2 });
  const histograms = train.filter(({ plugin }) => plugin === 'histograms');
  const weights = await model.getWeights();
  expect(histograms.map(({ tag, step }) => [tag, step])).toEqual(
    [0, 2].flatMap((epoch) => weights.map(({ name }) => [`${name}/histogram`, epoch])),
  );
  expect(histograms.slice(weights.length).map(({ numbers }) => numbers)).toEqual(
    weights.map(({ data }) => [...histogramBuckets(data)]),
  );
});

test('steps per second, of batches and of epochs', async () => {
  const { train } = await fitWith({ updateFreq: 'batch', writeStepsPerSecond: true });
  for (const [tag, count] of [
    ['batch_steps_per_second', 9],
    ['epoch_steps_per_second', 3],
  ] as const) {
    const speeds = of(train, tag).map(([, speed]) => speed!);
    expect(speeds.length).toBe(count);
    expect(speeds.every((speed) => speed > 0 && speed < 1e6)).toBe(true);
  }
});

test('validation against batches, and Keras names for ours', async () => {
  const storage = memoryStorage();
  const callback = tensorBoard({ storage });
  const model = compiledWordModel();
  await callback.onTrainBegin?.(model);
  for (let batch = 0; batch < 4; batch++) await callback.onBatchEnd?.(batch, { loss: 1 }, model);
  await callback.onTestEnd?.({ loss: 0.5, topKCategoricalAccuracy: 0.25 }, model);
  await callback.onEpochEnd?.(0, { loss: 1, valLoss: 2, valTopKCategoricalAccuracy: 3 }, model);
  const { validation } = await runsOf(storage);
  expect(validation!.map(({ tag, step, numbers }) => [tag, step, ...numbers])).toEqual([
    ['evaluation_loss_vs_iterations', 4, 0.5],
    ['evaluation_top_k_categorical_accuracy_vs_iterations', 4, 0.25],
    ['epoch_loss', 0, 2],
    ['epoch_top_k_categorical_accuracy', 0, 3],
  ]);
});

test('each fit has files of its own; without validation there is one', async () => {
  const storage = memoryStorage();
  const { x, y } = wordTask(10);
  const callbacks = [tensorBoard({ storage })];
  const model = compiledWordModel();
  await model.fit(x, y, { callbacks });
  await model.fit(x, y, { callbacks });
  expect((await storage.list()).length).toBe(2);
});

test.each(['epoch', 'batch', 3] as const)(
  'killed at any moment and resumed, it has written the same: %s',
  async (updateFreq) => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_700_000_000_123 });
    const model = compiledWordModel({ inputShape: [5] });
    const make = (storage: Storage) => tensorBoard({ storage, updateFreq, histogramFreq: 1 });
    const written = await expectResumable(make, model);
    expect(Object.keys(written).map((key) => key.split('/')[1])).toEqual(['train', 'validation']);
    for (const file of Object.values(written)) expect(readEvents(file).length).toBeGreaterThan(5);
  },
);

test.each([
  [{ logDir: '' }, 'config-log-dir'],
  [{ histogramFreq: -1 }, 'config-histogram-freq'],
  [{ updateFreq: 'epochs' }, 'config-update-freq'],
  [{ writeLearningRate: 1 }, 'config-write-learning-rate'],
  [{ writeStepsPerSecond: 1 }, 'config-write-steps-per-second'],
  [{ writeGraph: true }, 'config-unknown'],
])('%j is refused: %s', (options, code) => {
  expect(() => tensorBoard(options as never)).toThrow(`(${code})`);
});

import { useBackend } from '@ostinato/backend';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Callback } from '../callbacks.js';
import { batchesOf } from '../test-support/batches.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { type Timing, timing } from './timing.js';

const words = wordTask(20);
const { x, y } = words;

beforeAll(() => useBackend('cpu'));

/** A clock that only moves when it is told to, by milliseconds. */
let clock = 0;
const stopClock = () => vi.spyOn(performance, 'now').mockImplementation(() => clock);
const pass = (milliseconds: number) => {
  clock += milliseconds;
};
afterEach(() => {
  vi.restoreAllMocks();
});

test('epochs, batches, validation and samples in a second', async () => {
  stopClock();
  const timer = timing();
  const durations = [30, 10, 90, 20];
  const slow: Callback = {
    onBatchBegin: (batch) => pass(durations[batch]!),
    onTestBegin: () => pass(500),
    onEpochEnd: () => pass(1000), // after the timer looked
  };
  const callbacks = [timer, slow];
  await compiledWordModel().fit(x, y, { epochs: 2, batchSize: 4, validationSplit: 0.2, callbacks });
  expect(timer.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
  for (const { seconds, validationSeconds, batches, batchSeconds, samplesPerSecond } of timer.epochs) {
    expect(batches).toBe(4);
    expect(seconds).toBeCloseTo(0.65);
    expect(validationSeconds).toBeCloseTo(0.5);
    expect(batchSeconds.mean).toBeCloseTo(0.0375);
    expect(batchSeconds.median).toBeCloseTo(0.025);
    expect(batchSeconds.min).toBeCloseTo(0.01);
    expect(batchSeconds.max).toBeCloseTo(0.09);
    expect(samplesPerSecond).toBeCloseTo(16 / 0.15);
  }
});

test('a second fit begins anew; samples of unknown number have no speed', async () => {
  const timer = timing();
  const batches = { [Symbol.iterator]: () => batchesOf(words, 8)[Symbol.iterator]() };
  for (let fit = 0; fit < 2; fit++) await compiledWordModel().fit(batches, { callbacks: [timer] });
  expect(timer.epochs.length).toBe(1);
  expect(timer.epochs[0]).toMatchObject({ batches: 3, samplesPerSecond: undefined });
});

test('a training that goes on keeps the epochs before and the batches of this one', async () => {
  stopClock();
  const model = { run: { samples: 6 } } as never;
  const batch = async (timer: Timing, milliseconds: number) => {
    await timer.onBatchBegin?.(0, model);
    pass(milliseconds);
    await timer.onBatchEnd?.(0, { loss: 1 }, model);
  };
  const first = timing();
  await first.onTrainBegin?.(model);
  await first.onEpochBegin?.(0, model);
  await batch(first, 5);
  await first.onEpochEnd?.(0, { loss: 1 }, model);
  await first.onEpochBegin?.(1, model);
  await batch(first, 60);
  const state = JSON.parse(JSON.stringify(await first.getState!()));
  pass(10_000); // nothing runs
  const second = timing();
  await second.onTrainBegin?.(model);
  await second.setState?.(state, model);
  await batch(second, 15);
  await second.onEpochEnd?.(1, { loss: 1 }, model);
  expect(second.epochs[0]).toEqual(first.epochs[0]);
  const { epoch, seconds, batchSeconds, samplesPerSecond } = second.epochs[1]!;
  expect(epoch).toBe(2);
  expect(seconds).toBeCloseTo(0.075);
  expect(batchSeconds.max).toBeCloseTo(0.06);
  expect(samplesPerSecond).toBeCloseTo(80);
});

test('it has no options', () => {
  expect(() => timing({ every: 3 } as never)).toThrow('(config-unknown)');
});

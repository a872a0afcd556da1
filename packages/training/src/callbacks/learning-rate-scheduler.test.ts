import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { cosineDecay } from '../schedules/cosine-decay.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { learningRateScheduler } from './learning-rate-scheduler.js';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.js';

beforeAll(() => useBackend('cpu'));

test('each epoch is trained at the rate that the schedule says, given the present one', async () => {
  const { x, y } = wordTask(12);
  const model = compiledWordModel();
  const asked: [number, number][] = [];
  const used: number[] = [];
  const scheduler = learningRateScheduler((epoch, rate) => {
    asked.push([epoch, rate]);
    return epoch < 2 ? rate : rate / 4;
  });
  const watch = { onBatchEnd: () => void used.push(model.optimizer.learningRate) };
  await model.fit(x, y, { epochs: 4, initialEpoch: 1, batchSize: 12, callbacks: [scheduler, watch] });
  expect(asked).toEqual([
    [1, 0.001],
    [2, 0.001],
    [3, 0.00025],
  ]);
  expect(used).toEqual([0.001, 0.00025, 0.0000625]);
});

test('what is no schedule and what is no rate is refused', async () => {
  expect(() => learningRateScheduler(0.1 as never)).toThrow('(config-schedule)');
  const { x, y } = wordTask(12);
  const fit = (rate: unknown) =>
    compiledWordModel().fit(x, y, { callbacks: [learningRateScheduler(() => rate as number)] });
  await expect(fit(undefined)).rejects.toThrow(
    'for epoch 0. Expected a learning rate; received undefined. (schedule-result)',
  );
  await expect(fit(-1)).rejects.toThrow('(config-learning-rate)');
});

test.each([learningRateScheduler((_, rate) => rate), reduceLROnPlateau()])(
  'a schedule of the optimizer and $name are too much',
  async (callback) => {
    const { x, y } = wordTask(12);
    const model = compiledWordModel();
    model.optimizer.learningRate = cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 });
    await expect(model.fit(x, y, { callbacks: [callback] })).rejects.toThrow(
      `[${callback.name}] The learning rate of 'adam' follows the schedule 'cosineDecay', which this callback would end.`,
    );
  },
);

import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import { metrics } from '../metrics/metrics.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { earlyStopping } from './early-stopping.js';
import { modelCheckpoint } from './model-checkpoint.js';
import { Monitor } from './monitor.js';
import { reduceLROnPlateau } from './reduce-lr-on-plateau.js';

beforeAll(() => useBackend('cpu'));

const rises = (monitor: string) => new Monitor('test', { monitor }).improves(2, 1);

test.each([
  ['loss', false],
  ['valLoss', false],
  ['valSentimentLoss', false],
  ['valAccuracy', true],
  ['sentimentAccuracy', true],
  ['valTopKCategoricalAccuracy', true],
  ['precision', true],
  ['valRecall', true],
  ['valAuc', true],
  ['valF1Score', true],
  ['r2Score', true],
  ['valPerplexity', false],
  ['valMeanAbsoluteError', false],
  ['mse', false],
  ['truePositives', true],
  ['falseNegatives', false],
  ['valF1Score[2]', true],
])('%s: more is better? %s', (name, expected) => {
  expect(rises(name)).toBe(expected);
});

test('it can tell for every metric of this package', () => {
  const names = metrics.names().filter((name) => name !== 'confusionMatrix'); // of a cell nobody can tell
  for (const name of names) expect(() => rises(name)).not.toThrow();
  expect(() => rises('confusionMatrix[0][1]')).toThrow(/config-mode/);
});

test('an improvement has to exceed minDelta, as numbers of 32 bits', () => {
  const down = new Monitor('test', { mode: 'min' }, 0.25);
  expect([down.improves(0.7, 1), down.improves(0.75, 1), down.improves(0.8, 1)]).toEqual([
    true,
    false,
    false,
  ]);
  const up = new Monitor('test', { mode: 'max' }, 0.25);
  expect([up.improves(1.3, 1), up.improves(1.25, 1), up.improves(0, -1)]).toEqual([true, false, true]);
  const any = new Monitor('test', {});
  expect([any.improves(0.3 - 1e-9, 0.3), any.improves(0.3 - 1e-7, 0.3)]).toEqual([false, true]);
  expect([any.improves(Number.NaN, null), any.improves(5, null)]).toEqual([false, true]);
});

test.each([
  ['earlyStopping', earlyStopping(), 'monitor-unknown'],
  ['reduceLROnPlateau', reduceLROnPlateau(), 'monitor-unknown'],
  ['modelCheckpoint', modelCheckpoint({ filepath: 'no', saveBestOnly: true }), 'monitor-unknown'],
  ['modelCheckpoint', modelCheckpoint({ filepath: 'no-{epoch}-{valLoss:.2f}' }), 'template-field'],
])('%s needs a validation: that is said before the first batch', async (name, callback, code) => {
  const { x, y } = wordTask(12);
  const model = compiledWordModel({ inputShape: [5] });
  const before = await model.weightsSha256();
  await expect(model.fit(x, y, { epochs: 3, callbacks: [callback] })).rejects.toThrow(
    `[${name}] There will be no figure 'valLoss', for nothing is validated. ` +
      `Figures of validation need \`validationData\` or \`validationSplit\`. (${code})`,
  );
  expect(await model.weightsSha256()).toBe(before);
});

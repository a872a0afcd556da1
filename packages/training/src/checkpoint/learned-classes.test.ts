// Metrics that learn from the first batch how many classes there are: an epoch that goes on after its last batch.
import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import { sequential } from '../sequential.js';
import { dense, testRegistry } from '../test-support/test-layers.js';

beforeAll(() => useBackend('cpu'));

const x = Array.from({ length: 9 }, (_, row) => [row % 4, (row * 3) % 5]);
const y = x.map((_, row) => [0, 1, 2].map((column) => Number(column === row % 3)));

function makeModel() {
  const model = sequential([dense({ units: 3, activation: 'sigmoid' })], {
    registry: testRegistry(),
    seed: 2,
    inputShape: [2],
  });
  const metrics = ['f1Score', 'confusionMatrix', 'r2Score', 'auc'];
  model.compile({ optimizer: 'adam', loss: 'categoricalCrossentropy', metrics });
  return model;
}

test.each([0, 1, 2])('figures are the same after a checkpoint behind batch %i', async (last) => {
  const whole = makeModel();
  let state: Uint8Array | undefined;
  const keep: Callback = {
    innermost: true,
    onBatchEnd: async (batch, _logs, model) => {
      if (batch === last && !state) state = await model.trainingState();
    },
  };
  const fit = (model: ReturnType<typeof makeModel>, ...callbacks: Callback[]) =>
    model.fit(x, y, { epochs: 2, batchSize: 3, callbacks });
  const figures = ({ epochs }: Awaited<ReturnType<typeof fit>>) =>
    epochs.map(({ seconds: _, ...rest }) => rest);
  const expected = figures(await fit(whole, keep));
  const next = makeModel();
  await next.restoreTrainingState(state!);
  expect(figures(await fit(next))).toEqual(expected);
});

import { useBackend } from '@ostinato/backend';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import { sequential } from '../sequential.js';
import { dense, testRegistry } from '../test-support/test-layers.js';
import { terminateOnNaN } from './terminate-on-nan.js';

beforeAll(() => useBackend('cpu'));

/** A linear model that diverges in its third batch: the third row is too large for f32 once squared. */
async function diverge(callbacks: Callback[], rows = [1, 2, 1e30, 3]) {
  const model = sequential([dense({ units: 1 })], { registry: testRegistry(), seed: 3 });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  const x = rows.map((value) => [value / 10]);
  const y = rows.map((value) => [value]);
  const fit = model.fit(x, y, { epochs: 2, batchSize: 1, shuffle: false, callbacks });
  return { model, fit };
}

test('fit returns with the reason, the weights of the last good step and no record of the epoch', async () => {
  const seen: string[] = [];
  const watch: Callback = {
    onBatchEnd: (batch) => void seen.push(`batch ${batch}`),
    onEpochEnd: (epoch) => void seen.push(`epoch ${epoch}`),
    onTrainEnd: (logs) => void seen.push(`end ${logs}`),
  };
  const { model, fit } = await diverge([watch, terminateOnNaN()]);
  const history = await fit;
  expect(history.stopped).toBe(true);
  expect(history.reason).toMatch(/The loss is Infinity at epoch 1 of 2, batch 3 of 4/);
  expect(history.epochs).toEqual([]);
  expect(seen).toEqual(['batch 0', 'batch 1', 'end undefined']);
  const [kernel] = await model.getWeights();
  expect(Number.isFinite(kernel!.data[0])).toBe(true);
});

test('a last batch that fails leaves no epoch on record either', async () => {
  const history = await (await diverge([terminateOnNaN()], [1, 2, 1e30])).fit;
  expect([history.stopped, history.epochs.length]).toEqual([true, 0]);
});

test.each([[[terminateOnNaN({ raiseError: true })]], [[]]])(
  'without it, or when it is to raise, fit throws %#',
  async (callbacks) => {
    await expect((await diverge(callbacks)).fit).rejects.toThrow('(loss-nan)');
  },
);

test('other errors of a step are none of its business', async () => {
  const callback = terminateOnNaN();
  expect(await callback.onBatchError?.(0, new Error('loss-nan'), {} as never)).toBe(false);
  expect(() => terminateOnNaN({ raiseError: 1 as never })).toThrow('config-raise-error');
});

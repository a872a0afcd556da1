import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { driveEpochs, smallModel, weightOf } from '../test-support/drive-callback.js';
import { readGolden } from '../test-support/golden.js';
import { compiledWordModel, wordTask } from '../test-support/tasks.js';
import { type EarlyStoppingOptions, earlyStopping } from './early-stopping.js';

interface StoppingCase {
  readonly name: string;
  readonly options: EarlyStoppingOptions;
  readonly values: readonly (number | string)[];
  readonly lastEpoch: number;
  readonly stopped: boolean;
  readonly weightsOfEpoch: number;
}

const { earlyStopping: cases } = readGolden<{ earlyStopping: StoppingCase[] }>('callbacks.json');
const numbersOf = (values: readonly (number | string)[]) =>
  values.map((value) => Number(String(value).replace('inf', 'Infinity')));

beforeAll(() => useBackend('cpu'));

describe('as Keras decides', () => {
  test.each(cases)('$name', async ({ options, values, lastEpoch, stopped, weightsOfEpoch }) => {
    const model = smallModel();
    const callback = earlyStopping(options);
    await callback.onTrainBegin?.(model);
    const figure = options.monitor ?? 'valLoss';
    const { last, reason } = await driveEpochs(callback, { model, figure, values: numbersOf(values) });
    await callback.onTrainEnd?.(undefined, model);
    expect([last, reason !== undefined]).toEqual([lastEpoch, stopped]);
    expect(await weightOf(model)).toBe(weightsOfEpoch);
  });

  test.each(cases)('$name, with its state carried to another callback after each epoch', async (golden) => {
    const values = numbersOf(golden.values);
    const figure = golden.options.monitor ?? 'valLoss';
    const model = smallModel();
    let callback = earlyStopping(golden.options);
    await callback.onTrainBegin?.(model);
    let last = -1;
    let reason: string | undefined;
    while (last + 1 < values.length && reason === undefined) {
      ({ last, reason } = await driveEpochs(callback, {
        model,
        figure,
        values: values.slice(0, last + 2),
        from: last + 1,
      }));
      const { json, tensors } = await callback.getState!();
      const carried = { json: JSON.parse(JSON.stringify(json)), ...(tensors ? { tensors } : {}) };
      callback = earlyStopping(golden.options);
      await callback.onTrainBegin?.(model);
      await callback.setState?.(carried, model);
    }
    await callback.onTrainEnd?.(undefined, model);
    expect([last, reason !== undefined]).toEqual([golden.lastEpoch, golden.stopped]);
    expect(await weightOf(model)).toBe(golden.weightsOfEpoch);
  });
});

test('a state in which training had ended ends it again', async () => {
  const model = smallModel();
  const callback = earlyStopping({ patience: 1 });
  await callback.onTrainBegin?.(model);
  await driveEpochs(callback, { model, figure: 'valLoss', values: [1, 2] });
  const state = await callback.getState!();
  const reasons: unknown[] = [];
  const next = earlyStopping({ patience: 1 });
  await next.onTrainBegin?.(model);
  await next.setState?.(state, { stop: (given: unknown) => void reasons.push(given) } as never);
  expect(reasons).toEqual(['earlyStopping: valLoss has not improved for 1 epoch; the best is 1 of epoch 1']);
});

test('in fit: it stops, says why, gives the best weights back and leaves no tensors', async () => {
  const { x, y } = wordTask(40);
  const model = compiledWordModel();
  model.optimizer.learningRate = 1.5;
  const hashes: string[] = [];
  await model.fit(x, y, { epochs: 1 });
  const before = tf.memory().numTensors;
  const callbacks = [
    earlyStopping({ patience: 2, restoreBestWeights: true }),
    { onEpochEnd: async () => void hashes.push(await model.weightsSha256()) },
  ];
  const history = await model.fit(x, y, { epochs: 60, validationSplit: 0.3, callbacks });
  expect(history.stopped).toBe(true);
  const valLosses = history.history.valLoss!;
  const best = valLosses.indexOf(Math.min(...valLosses));
  expect(valLosses.length).toBe(best + 3);
  expect(history.reason).toContain(`${valLosses[best]} of epoch ${best + 1}`);
  expect(await model.weightsSha256()).toBe(hashes[best]);
  expect(tf.memory().numTensors).toBe(before);
});

test('a second fit begins anew', async () => {
  const model = smallModel();
  const callback = earlyStopping({ patience: 1, restoreBestWeights: true });
  for (const values of [
    [0.1, 5],
    [9, 8, 8],
  ]) {
    await callback.onTrainBegin?.(model);
    await driveEpochs(callback, { model, figure: 'valLoss', values });
    await callback.onTrainEnd?.(undefined, model);
  }
  expect(await weightOf(model)).toBe(1);
});

test('a figure that is not there is an error that names those that are', async () => {
  const { x, y } = wordTask(12);
  const fit = (monitor: string) =>
    compiledWordModel().fit(x, y, { epochs: 3, callbacks: [earlyStopping({ monitor, mode: 'min' })] });
  await expect(fit('acuracy')).rejects.toThrow("Did you mean 'accuracy'? (monitor-unknown)");
});

test('NaN is no improvement, not even at first', async () => {
  const model = smallModel();
  const callback = earlyStopping({ patience: 3 });
  await callback.onTrainBegin?.(model);
  const { last } = await driveEpochs(callback, {
    model,
    figure: 'valLoss',
    values: [Number.NaN, 3, 2, 1, 1, 1, 1],
  });
  expect(last).toBe(6);
});

test.each([
  [{ patience: -1 }, 'config-patience'],
  [{ minDelta: -0.1 }, 'config-min-delta'],
  [{ mode: 'up' }, 'config-mode'],
  [{ monitor: 'valThing' }, 'config-mode'],
  [{ monitor: 7 }, 'config-monitor'],
  [{ baseline: Number.NaN }, 'config-baseline'],
  [{ restoreBestWeights: 'yes' }, 'config-restore-best-weights'],
  [{ patiense: 2 }, 'config-unknown'],
])('%j is refused: %s', (options, code) => {
  expect(() => earlyStopping(options as never)).toThrow(`(${code})`);
});

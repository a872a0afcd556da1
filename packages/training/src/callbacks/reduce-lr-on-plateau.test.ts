import { useBackend } from '@ostinato/backend';
import { beforeAll, describe, expect, test } from 'vitest';
import { driveEpochs, smallModel } from '../test-support/drive-callback.js';
import { readGolden } from '../test-support/golden.js';
import { type ReduceLROnPlateauOptions, reduceLROnPlateau } from './reduce-lr-on-plateau.js';

interface PlateauCase {
  readonly name: string;
  readonly options: ReduceLROnPlateauOptions;
  readonly values: readonly (number | string)[];
  readonly startRate: number;
  readonly learningRates: readonly number[];
}

const { reduceLROnPlateau: cases } = readGolden<{ reduceLROnPlateau: PlateauCase[] }>('callbacks.json');

beforeAll(() => useBackend('cpu'));

describe('the learning rates that Keras gives', () => {
  test.each(cases)('$name', async (golden) => {
    expectRates(await ratesOf(golden, false), golden);
  });

  test.each(cases)('$name, with its state carried to another callback after each epoch', async (golden) => {
    expectRates(await ratesOf(golden, true), golden);
  });
});

async function ratesOf({ options, values, startRate }: PlateauCase, carry: boolean): Promise<number[]> {
  const model = smallModel(startRate);
  const figure = options.monitor ?? 'valLoss';
  const numbers = values.map((value) => Number(String(value).replace('inf', 'Infinity')));
  const rates: number[] = [];
  let callback = reduceLROnPlateau(options);
  await callback.onTrainBegin?.(model);
  for (const epoch of numbers.keys()) {
    await driveEpochs(callback, { model, figure, values: numbers.slice(0, epoch + 1), from: epoch });
    rates.push(model.optimizer.learningRate);
    if (!carry) continue;
    const state = JSON.parse(JSON.stringify(await callback.getState!()));
    callback = reduceLROnPlateau(options);
    await callback.onTrainBegin?.(model);
    await callback.setState?.(state, model);
  }
  return rates;
}

/** Keras keeps the rate in f32. */
function expectRates(rates: readonly number[], { learningRates }: PlateauCase): void {
  expect(rates.length).toBe(learningRates.length);
  rates.forEach((rate, epoch) => {
    expect(Math.abs(rate / learningRates[epoch]! - 1), `epoch ${epoch}`).toBeLessThan(1e-6);
  });
}

test('a second fit begins anew', async () => {
  const model = smallModel(0.5);
  const callback = reduceLROnPlateau({ patience: 2, factor: 0.5 });
  for (let fit = 0; fit < 2; fit++) {
    await callback.onTrainBegin?.(model);
    await driveEpochs(callback, { model, figure: 'valLoss', values: [1, 1] });
  }
  expect(model.optimizer.learningRate).toBe(0.5);
});

test('a figure that is not there is an error', async () => {
  const callback = reduceLROnPlateau();
  const run = driveEpochs(callback, { model: smallModel(), figure: 'valAccuracy', values: [1] });
  await expect(run).rejects.toThrow(/one of loss, valAccuracy; received 'valLoss'.*\(monitor-unknown\)/);
});

test.each([
  [{ factor: 1 }, 'config-factor'],
  [{ factor: 0 }, 'config-factor'],
  [{ patience: 1.5 }, 'config-patience'],
  [{ cooldown: -1 }, 'config-cooldown'],
  [{ minLr: -1 }, 'config-min-lr'],
  [{ minDelta: 'x' }, 'config-min-delta'],
])('%j is refused: %s', (options, code) => {
  expect(() => reduceLROnPlateau(options as never)).toThrow(`(${code})`);
});

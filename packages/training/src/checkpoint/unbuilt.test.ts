// A training that streams builds its model from the first batch; one that goes on builds it from the checkpoint.
import { useBackend } from '@ostinato/backend';
import type { Tensor } from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import type { Callback } from '../callbacks.js';
import type { Batches } from '../data/batches.js';
import type { CodeContext } from '../model/code-context.js';
import { CodeModel } from '../model/code-model.js';
import type { Model } from '../model/model.js';
import { sequential } from '../sequential.js';
import { memoryStorage } from '../storage/memory-storage.js';
import { dense, dropout, embedding, meanOverSteps, testRegistry } from '../test-support/test-layers.js';
import { backupAndRestore } from './backup-and-restore.js';

const registry = testRegistry();

beforeAll(() => useBackend('cpu'));

/** Batches of sequences, each of another length. */
const batches: Batches = {
  *[Symbol.iterator]() {
    for (const steps of [3, 5, 3, 4]) {
      const x = [0, 1, 2].map((row) =>
        Array.from({ length: steps }, (_, i) => (7 * row + 3 * i + steps) % 12),
      );
      yield { x, y: [1, 0, 1] };
    }
  },
};

const words = (units = 1): Model => {
  const layers = [
    embedding({ inputDim: 12, outputDim: 3 }),
    meanOverSteps(),
    dropout(),
    dense({ units, activation: 'sigmoid' }),
  ];
  return sequential(layers, { registry, seed: 5 });
};

class Words extends CodeModel {
  readonly words = this.track(embedding({ inputDim: 12, outputDim: 3 }));
  readonly mean = this.track(meanOverSteps());
  readonly out = this.track(dense({ units: 1, activation: 'sigmoid' }));

  call([x]: readonly Tensor[], { apply }: CodeContext): Tensor {
    return apply(this.out, apply(this.mean, apply(this.words, x!)));
  }
}

function compiled(model: Model): Model {
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

const killAfter = (count: number): Callback => ({
  onBatchEnd: () => {
    count -= 1;
    if (count === 0) throw new Error('killed');
  },
});

test.each<[string, () => Model]>([
  ['Sequential', words],
  ['CodeModel', () => new Words({ registry, seed: 5 })],
])('a %s that was told no shape goes on to the bit', async (_, make) => {
  const whole = compiled(make());
  await whole.fit(batches, { epochs: 3 });
  const storage = memoryStorage();
  const keep = (): Callback => backupAndRestore({ storage, saveFreq: 1 });
  const fit = (...more: Callback[]) =>
    compiled(make()).fit(batches, { epochs: 3, callbacks: [...more, keep()] });
  for (const count of [2, 4, 1]) await expect(fit(killAfter(count))).rejects.toThrow('killed');
  const last = compiled(make());
  const { epochs } = await last.fit(batches, { epochs: 3, callbacks: [keep()] });
  expect(epochs.map(({ loss }) => loss)).toEqual(whole.history.epochs.map(({ loss }) => loss));
  expect(await last.weightsSha256()).toBe(await whole.weightsSha256());
  expect(last.inputShapes).toEqual(whole.inputShapes);
});

test.each([2, 1000])(
  'a checkpoint of another model is refused, and builds nothing (%i units)',
  async (units) => {
    const first = compiled(words());
    await first.fit(batches);
    const other = compiled(words(units));
    await expect(other.restoreTrainingState(await first.trainingState())).rejects.toMatchObject({
      code: 'checkpoint-mismatch',
    });
    expect(other.inputShapes).toBeNull();
  },
);

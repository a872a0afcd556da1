// A CSV streams into `fit`: what `scripts/check-streaming.mjs` does with two million sequences, here with twenty thousand.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { csvSequences, truncateSequences } from '@ostinato/datasets';
import { kernels } from '@ostinato/kernels';
import { dense, gru, layers } from '@ostinato/layers';
import {
  type Batches,
  backupAndRestore,
  type Model,
  memoryStorage,
  type Sequential,
  sequential,
} from '@ostinato/training';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { STEPS, writeGeneratedCsv } from './programs/generated-csv.js';

const ROWS = 20_000;
const folder = mkdtempSync(join(tmpdir(), 'ostinato-streaming-'));
const path = join(folder, 'sequences.csv');

beforeAll(async () => {
  await useBackend('wasm');
  await writeGeneratedCsv(path, ROWS, 7);
});
afterAll(() => rmSync(folder, { recursive: true }));

function smallModel(): Sequential {
  const registry = createRegistry([layers, kernels]);
  const model = sequential([gru({ units: 8 }), dense({ units: 1, activation: 'sigmoid' })], {
    registry,
    seed: 1,
    inputShape: [null, 1], // batches show it too, but a checkpoint comes before the first one
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** The whole file in memory, read by hand. */
function arrays() {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n').slice(1);
  const numbers = lines.map((line) => line.split(',').map(Number));
  const x = Float32Array.from(numbers.flatMap((row) => row.slice(1)));
  const y = Float32Array.from(numbers, (row) => row[0]!);
  return { x: { data: x, shape: [ROWS, STEPS, 1] }, y: { data: y, shape: [ROWS] } };
}

test('twenty thousand sequences from a file train to the same bits as from memory, and predict in their order', async () => {
  const { x, y } = arrays();
  const streamed = smallModel();
  const inOrder = csvSequences(path, { batchSize: 128, shuffle: 0 });
  const history = await streamed.fit(inOrder, {
    epochs: 1,
    validationData: csvSequences(path, { batchSize: 512 }),
  });
  const whole = smallModel();
  const expected = await whole.fit(x, y, { epochs: 1, batchSize: 128, shuffle: false });
  expect(history.history.loss).toEqual(expected.history.loss);
  expect(await streamed.weightsSha256()).toBe(await whole.weightsSha256());
  const [a, b] = [await streamed.predict(csvSequences(path)), await whole.predict(x)];
  expect(await a.data()).toEqual(await b.data());
  const { accuracy } = await whole.evaluate(x, y);
  expect(history.history.valAccuracy![0]).toBeCloseTo(accuracy!, 6);
  for (const held of [a, b, streamed, whole]) held.dispose();
});

test('shuffled, two runs are the same to the bit, and one that goes on in the second epoch too', async () => {
  const batches = () => csvSequences(path, { batchSize: 256, shuffle: 2000, seed: 3 });
  const models = [smallModel(), smallModel(), smallModel()] as const;
  await models[0].fit(batches(), { epochs: 2 });
  await models[1].fit(batches(), { epochs: 1 });
  await models[1].fit(batches(), { epochs: 2, initialEpoch: 1 });
  await models[2].fit(csvSequences(path, { batchSize: 256, shuffle: 2000, seed: 4 }), { epochs: 2 });
  const [one, other, another] = await Promise.all(models.map((model) => model.weightsSha256()));
  expect(other).toBe(one);
  expect(another).not.toBe(one);
  const { accuracy } = await models[0].evaluate(batches());
  expect(accuracy).toBeGreaterThan(0.6);
  for (const model of models) model.dispose();
});

/** Trains for two epochs; ends with an error at the batch where it is to be killed, and goes on from its checkpoint. */
async function withKill(make: () => Sequential, batches: () => Batches, batch: number): Promise<string> {
  const storage = memoryStorage();
  const backup = () => backupAndRestore({ storage, saveFreq: 7 });
  const onBatchBegin = (at: number, model: Model): void => {
    if (model.run?.epoch === 1 && at === batch) throw new Error('killed');
  };
  const [first, second] = [make(), make()];
  await expect(first.fit(batches(), { epochs: 2, callbacks: [backup(), { onBatchBegin }] })).rejects.toThrow(
    'killed',
  );
  await second.fit(batches(), { epochs: 2, callbacks: [backup()] });
  const hash = await second.weightsSha256();
  for (const model of [first, second]) model.dispose();
  return hash;
}

test('a training that was killed within an epoch goes on in the middle of the file, to the same bits', async () => {
  const batches = () => csvSequences(path, { batchSize: 512, shuffle: 3000 });
  const undisturbed = smallModel();
  await undisturbed.fit(batches(), { epochs: 2 });
  expect(await withKill(smallModel, batches, 17)).toBe(await undisturbed.weightsSha256());
  undisturbed.dispose();
});

test('so does one over windows, with the states that its layers kept', async () => {
  const { x, y } = arrays();
  const rows = 64;
  const some = { data: x.data.subarray(0, rows * STEPS), shape: [rows, STEPS, 1] };
  const labels = { data: y.data.subarray(0, rows), shape: [rows] };
  const batches = () => truncateSequences(some, labels, { steps: 6, batchSize: 16 });
  const make = (): Sequential => {
    const registry = createRegistry([layers, kernels]);
    const model = sequential(
      [gru({ units: 8, stateful: true }), dense({ units: 1, activation: 'sigmoid' })],
      {
        registry,
        seed: 1,
        inputShape: [null, 1],
      },
    );
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
    return model;
  };
  const undisturbed = make();
  await undisturbed.fit(batches(), { epochs: 2 });
  expect(await withKill(make, batches, 16)).toBe(await undisturbed.weightsSha256()); // between two windows of a sequence
  undisturbed.dispose();
});

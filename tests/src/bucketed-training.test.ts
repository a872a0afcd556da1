// Batches of near length with a mask compute what rows padded to one length compute: training, evaluating, predicting.
import { useBackend } from '@ostinato/backend';
import { createRegistry, type Layer } from '@ostinato/core';
import { bucketByLength, holdOut, padSequences, rowAt, sampleCorpusSequences } from '@ostinato/datasets';
import { kernels } from '@ostinato/kernels';
import { dense, embedding, gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import { type Sequential, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

const registry = createRegistry([layers, kernels]);
const MAX_LEN = 150;
const { train, validation } = holdOut(
  sampleCorpusSequences({ seed: 2, reviews: 400, numWords: 300 }).train,
  0.3,
);

beforeAll(async () => {
  await useBackend('wasm');
});

function makeModel(recurrent: Layer): Sequential {
  const model = sequential(
    [
      embedding({ inputDim: 300, outputDim: 7, maskZero: true }),
      recurrent,
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 4, fused: 'required' },
  );
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

/** The very batches of `buckets`, but padded to `MAX_LEN` one and all. */
function padded(buckets: ReturnType<typeof bucketByLength<typeof train.y>>, padding: 'pre' | 'post') {
  const widen = function* (batches: Iterable<{ rows: Int32Array; y: typeof train.y }>) {
    for (const { rows, y } of batches) {
      const lists = Array.from(rows, (row) => rowAt(train.x, row));
      yield { x: padSequences(lists, { maxLen: MAX_LEN, padding }), y };
    }
  };
  return {
    epoch: (epoch: number) => widen(buckets.epoch(epoch)),
    [Symbol.iterator]: () => widen(buckets),
  };
}

describe.each([
  ['SimpleRNN', () => simpleRNN({ units: 5 })],
  ['LSTM', () => lstm({ units: 5 })],
  ['GRU', () => gru({ units: 5 })],
] as const)('%s', (_, recurrent) => {
  test.each(['pre', 'post'] as const)(
    '%s-padding more changes no weight but by rounding',
    async (padding) => {
      const buckets = bucketByLength(train, { batchSize: 16, maxLen: MAX_LEN, padding, seed: 3 });
      const short = makeModel(recurrent());
      const long = makeModel(recurrent());
      const before = await short.fit(buckets, { epochs: 2 });
      const { epochs } = await long.fit(padded(buckets, padding), { epochs: 2 });
      expect(short.inputShape).toEqual([null, null]);
      expect(epochs[1]!.loss).toBeCloseTo(before.epochs[1]!.loss, 5);
      const [a, b] = [await short.getWeights(), await long.getWeights()];
      for (const [i, { data }] of a.entries()) {
        const off = data.reduce((most, value, k) => Math.max(most, Math.abs(value - b[i]!.data[k]!)), 0);
        expect(off, a[i]!.name).toBeLessThan(2e-5);
      }
    },
  );

  test('predictions come in the order of the rows, and figures are those of padded rows', async () => {
    const model = makeModel(recurrent());
    await model.fit(bucketByLength(train, { batchSize: 16 }));
    const whole = padSequences(validation.x);
    const start = tf.memory().numTensors;
    const inOrder = await model.predict(bucketByLength(validation, { batchSize: 7 }));
    const wanted = await model.predict(whole);
    expect(inOrder.shape).toEqual([60, 1]);
    const differences = tf.tidy(() => tf.abs(tf.sub(inOrder, wanted)));
    expect(Math.max(...differences.dataSync())).toBeLessThan(1e-6);
    const { loss, accuracy } = await model.evaluate(bucketByLength(validation, { batchSize: 7 }));
    const both = await model.evaluateWithOutputs(bucketByLength(validation, { batchSize: 7 }));
    expect(both.figures).toEqual({ loss, accuracy });
    expect(both.outputs.dataSync()).toEqual(inOrder.dataSync());
    tf.dispose([inOrder, wanted, differences, both.outputs]);
    const figures = await model.evaluate(whole, validation.y);
    expect(loss).toBeCloseTo(figures.loss, 6);
    expect(accuracy).toBeCloseTo(figures.accuracy!, 9);
    expect(tf.memory().numTensors).toBe(start);
  });

  test('the same seed gives the same bits', async () => {
    const hash = async (seed: number): Promise<string> => {
      const model = makeModel(recurrent());
      await model.fit(bucketByLength(train, { batchSize: 16, seed }), { epochs: 2 });
      return model.weightsSha256();
    };
    const first = await hash(1);
    expect(await hash(1)).toBe(first);
    expect(await hash(2)).not.toBe(first);
  });
});

test('a bucketed epoch has far fewer ids than padding all to the longest makes', () => {
  const count = (batches: Iterable<{ x: { data: Int32Array } }>) =>
    [...batches].reduce((sum, batch) => sum + batch.x.data.length, 0);
  const bucketed = count(bucketByLength(train, { batchSize: 16 }).epoch(0));
  expect(bucketed).toBeLessThan(1.25 * train.x.data.length);
  expect(padSequences(train.x).data.length).toBeGreaterThan(1.5 * bucketed);
});

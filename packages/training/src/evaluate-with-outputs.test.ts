import { useBackend } from '@ostinato/backend';
import { createRng, input } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import type { TrainingBatch } from './data/batches.js';
import type { CodeContext } from './model/code-context.js';
import { CodeModel } from './model/code-model.js';
import { model } from './model/graph-model.js';
import { type Sequential, sequential } from './sequential.js';
import { batchesOf, batchOf, Watched } from './test-support/batches.js';
import { compiledWordModel, STEPS, WORDS, wordModel, wordTask } from './test-support/tasks.js';
import { dense, embedding, meanOverSteps, testRegistry } from './test-support/test-layers.js';

const registry = testRegistry();
const words = wordTask(30);
const { x, y } = words;
const weights = Float32Array.from(y, (label, i) => label + (i % 3));

/** Trained, so that its step is not the first, and measured in several ways. */
async function trained(): Promise<Sequential> {
  const made = wordModel();
  const metrics = ['accuracy', 'auc'] as const;
  made.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics, weightedMetrics: ['accuracy'] });
  await made.fit(x, y, { epochs: 2, batchSize: 8 });
  return made;
}

/** Batches in disorder that name their rows. */
function scattered(): (TrainingBatch & { rows: number[] })[] {
  const order = [...createRng(3).permutation(30)];
  return [order.slice(0, 7), order.slice(7, 8), order.slice(8)].map((rows) => ({
    ...batchOf(words, rows),
    sampleWeight: rows.map((row) => weights[row]!),
    rows,
  }));
}

/** The values of outputs, which are gone then. */
function valuesOf(...outputs: tf.Tensor[]): number[][] {
  const values = outputs.map((output) => [...output.dataSync()]);
  tf.dispose(outputs);
  return values;
}

beforeAll(async () => {
  await useBackend('cpu');
});

describe.each(['cpu', 'wasm'] as const)('on %s, one pass gives what evaluate and predict give', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test('of arrays, in batches that do not divide them, with sample weights', async () => {
    const made = await trained();
    const before = tf.memory().numTensors;
    const options = { batchSize: 7, sampleWeight: weights };
    const figures = await made.evaluate(x, y, options);
    const wanted = await made.predict(x, { batchSize: 7 });
    const forward = vi.spyOn(made.network, 'forward');
    const found = await made.evaluateWithOutputs(x, y, options);
    expect(forward).toHaveBeenCalledTimes(5);
    expect(tf.memory().numTensors).toBe(before + 2);
    expect(found.figures).toEqual(figures);
    expect(Object.keys(figures)).toEqual(['loss', 'accuracy', 'auc', 'weightedAccuracy']);
    expect([found.outputs.shape, found.outputs.dtype]).toEqual([[30, 1], 'float32']);
    const [one, other] = valuesOf(wanted, found.outputs);
    expect(other).toEqual(one);
    expect(new Set(one).size).toBeGreaterThan(20);
    expect(tf.memory().numTensors).toBe(before);
    made.dispose();
  });

  test('of batches that say where their samples belong, and of those that do not', async () => {
    const made = await trained();
    const before = tf.memory().numTensors;
    const figures = await made.evaluate(scattered());
    const ordered = await made.evaluateWithOutputs(scattered());
    const inArrival = scattered().map(({ rows: _, ...batch }) => batch);
    const arrived = await made.evaluateWithOutputs(inArrival);
    expect([ordered.figures, arrived.figures]).toEqual([figures, figures]);
    const wanted = [await made.predict(scattered()), await made.predict(inArrival)];
    const [a, b, c, d] = valuesOf(...wanted, ordered.outputs, arrived.outputs);
    expect([c, d]).toEqual([a, b]);
    expect(c).not.toEqual(d);
    expect(tf.memory().numTensors).toBe(before);
    made.dispose();
  });

  test('of several outputs, one of which is not measured', async () => {
    const ids = input({ shape: [STEPS], name: 'ids' });
    const mean = meanOverSteps().apply(embedding({ inputDim: WORDS, outputDim: 3 }).apply(ids));
    const large = dense({ units: 1, activation: 'sigmoid', name: 'head' }).apply(mean);
    const made = model({ inputs: ids, outputs: { mean, large } }, { registry, seed: 2 });
    made.compile({
      optimizer: 'sgd',
      loss: { large: 'binaryCrossentropy' },
      metrics: { large: ['accuracy'] },
    });
    await made.fit(x, { large: y });
    const before = tf.memory().numTensors;
    const figures = await made.evaluate(x, { large: y }, { batchSize: 8 });
    const wanted = await made.predict(x, { batchSize: 8 });
    const found = await made.evaluateWithOutputs(x, { large: y }, { batchSize: 8 });
    expect(found.figures).toEqual(figures);
    expect(Object.keys(found.outputs)).toEqual(['mean', 'large']);
    expect(found.outputs.mean.shape).toEqual([30, 3]);
    const all = valuesOf(wanted.mean, wanted.large, found.outputs.mean, found.outputs.large);
    expect(all.slice(2)).toEqual(all.slice(0, 2));
    expect(tf.memory().numTensors).toBe(before);
    made.dispose();
  });
});

/** Adds noise in every pass, which no layer of ours does. */
class Noisy extends CodeModel<tf.Tensor> {
  readonly head = this.track(dense({ units: 1 }));

  call([values]: readonly tf.Tensor[], { apply, rng }: CodeContext): tf.Tensor {
    return tf.add(apply(this.head, values!), rng.uniform());
  }
}

test('the outputs are those that the figures are of, where a pass draws random numbers', async () => {
  const made = new Noisy({ registry, seed: 4 });
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  const values = { data: Float32Array.of(1, -2, 0.5, 3, 2, -1), shape: [3, 2] };
  await made.fit(values, [0, 0, 0]);
  const { figures, outputs } = await made.evaluateWithOutputs(values, [0, 0, 0]);
  const [found, predicted] = valuesOf(outputs, await made.predict(values));
  const square = found!.reduce((sum, value) => sum + value * value, 0) / 3;
  expect(figures).toEqual(await made.evaluate(values, [0, 0, 0]));
  expect(figures.loss).toBeCloseTo(square, 5);
  expect(found).not.toEqual(predicted);
});

test('an aborted signal ends it with its reason between two batches, and no tensor is left', async () => {
  const made = await trained();
  const before = tf.memory().numTensors;
  const early = new AbortController();
  early.abort(new Error('enough'));
  await expect(made.evaluateWithOutputs(x, y, { signal: early.signal })).rejects.toThrow(/^enough$/);
  const late = new AbortController();
  const source = new Watched(batchesOf(words, 8));
  made.network.resetStates = () => late.abort(new Error('enough now'));
  const stopping = {
    async *[Symbol.asyncIterator]() {
      for await (const batch of source) yield { ...batch, resetStates: source.asked === 2 };
    },
  };
  await expect(made.evaluateWithOutputs(stopping, { signal: late.signal })).rejects.toThrow(/^enough now$/);
  expect([source.asked, source.closed]).toEqual([2, 1]);
  expect(tf.memory().numTensors).toBe(before);
});

test('outputs of different lengths do not go into one tensor', async () => {
  const made = sequential([embedding({ inputDim: 12, outputDim: 3 })], { registry });
  made.compile({ optimizer: 'sgd', loss: 'mse' });
  const zeros = (steps: number) => ({ data: new Float32Array(3 * steps), shape: [1, steps, 3] });
  const batches = [
    { x: [[1, 2]], y: zeros(2) },
    { x: [[1, 2, 3]], y: zeros(3) },
  ];
  await made.evaluate(batches);
  const before = tf.memory().numTensors;
  await expect(made.evaluateWithOutputs(batches)).rejects.toThrow(
    /evaluateWithOutputs\].*Expected \[\?, 2, 3\]; received \[\?, 3, 3\].*\(predict-shape\)/,
  );
  expect(tf.memory().numTensors).toBe(before);
});

test('rows that do not name every sample once: a clear error, and no tensor is left', async () => {
  const made = await trained();
  const before = tf.memory().numTensors;
  const [first, second] = scattered();
  const wrong = [
    [{ ...first!, rows: [1, 2] }],
    [{ ...second!, rows: [0.5] }],
    [{ ...second!, rows: null as never }],
    [first!, first!],
    scattered().slice(1),
  ];
  for (const given of wrong) {
    await expect(made.evaluateWithOutputs(given)).rejects.toMatchObject({ code: 'batch-rows' });
    await made.evaluate(given); // which does not look at them
  }
  expect(tf.memory().numTensors).toBe(before);
});

test('it refuses what evaluate refuses', async () => {
  const made = compiledWordModel();
  const [good] = batchesOf(words, 8);
  const refused: [given: Parameters<Sequential['evaluate']>, code: string][] = [
    [[x, y, { batchSize: 0 }], 'config-batch-size'],
    [[x, y, { signal: 'x' as never }], 'config-signal'],
    [[x, y, { epochs: 2 } as never], 'config-unknown'],
    [[x, y.subarray(1)], 'input-length'],
    [[x, y.map(() => 2)], 'target-value'],
    [[x, y, { sampleWeight: y.map(() => -1) }], 'sample-weight-value'],
    [[[good!] as never, { batchSize: 8 } as never], 'batches-option'],
    [[[good!] as never, y], 'batches-targets'],
    [[[{ x: good!.x }] as never, {} as never], 'batch-type'],
  ];
  for (const [given, code] of refused) {
    await expect(made.evaluate(...given)).rejects.toMatchObject({ code });
    await expect(made.evaluateWithOutputs(...given)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(/^\[Sequential\.evaluateWithOutputs/),
    });
  }
  await expect(wordModel().evaluateWithOutputs(x, y)).rejects.toMatchObject({ code: 'not-compiled' });
});

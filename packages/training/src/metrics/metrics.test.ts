// Metrics against Keras 3: totals over batches of unequal size.
import { useBackend } from '@ostinato/backend';
import type { Metric } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { accuracy, binaryAccuracy } from './accuracies.js';
import { meanMetric } from './mean-metric.js';
import { metrics } from './metrics.js';
import { truePositives } from './positives-and-negatives.js';

interface MetricCase {
  readonly name: string;
  readonly metric: string;
  readonly options: Record<string, never>;
  readonly batches: {
    readonly yTrue: GoldenTensor;
    readonly yPred: GoldenTensor;
    readonly sampleWeight?: GoldenTensor;
    readonly resultSoFar: number | number[];
  }[];
}
interface AccuracyMeaning {
  readonly yTrueShape: number[];
  readonly yPredShape: number[];
  readonly metric: string;
}

const golden = readGolden<{ cases: MetricCase[]; accuracyMeans: AccuracyMeaning[] }>('metrics.json');
const { cases } = golden;

/** A metric's figures in their order. */
function figuresOf(metric: Metric, totals: Float64Array): number[] {
  return metric.results ? Object.values(metric.results(totals)) : [metric.result(totals)];
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(cases)('$name', ({ metric: name, options, batches }) => {
    const metric = metrics.resolve({ name, config: options }, 'test');
    let totals: Float64Array | undefined;
    const before = tf.memory().numTensors;
    for (const { yTrue, yPred, sampleWeight, resultSoFar } of batches) {
      const added = tf.tidy(() =>
        metric.update(toTensor(yTrue), toTensor(yPred), sampleWeight && toTensor(sampleWeight)),
      );
      totals ??= new Float64Array(metric.size); // some know their size from the first batch on
      const sums = totals;
      expect(added.shape).toEqual([metric.size]);
      added.dataSync().forEach((value, i) => {
        sums[i]! += value;
      });
      added.dispose();
      const found = figuresOf(metric, sums);
      const wanted = [resultSoFar].flat();
      expect(found.length).toBe(wanted.length);
      const scale = Math.max(1, ...wanted.map(Math.abs));
      for (const [i, value] of wanted.entries())
        expect(Math.abs(found[i]! - value) / scale).toBeLessThan(1e-5);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  test.each(golden.accuracyMeans)('accuracy of $yTrueShape and $yPredShape is $metric', (given) => {
    tf.tidy(() => {
      const yPred = tf.randomUniform(given.yPredShape, 0, 1, 'float32', 7);
      const yTrue = tf.cast(tf.randomUniform(given.yTrueShape, 0, 2, 'float32', 8), 'int32');
      const named = metrics.resolve(given.metric, 'test');
      expect(accuracy().update(yTrue, yPred).dataSync()).toEqual(named.update(yTrue, yPred).dataSync());
    });
  });
});

test('every metric has goldens', () => {
  const aliases = ['accuracy', 'acc', 'mse', 'mae', 'mape', 'msle', 'bce'];
  const covered = new Set([...aliases, ...cases.map(({ metric }) => metric)]);
  expect(metrics.names().filter((name) => !covered.has(name))).toEqual([]);
});

/** The figures of one batch. */
function figuresOfBatch(
  given: MetricCase,
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights?: tf.Tensor,
): number[] {
  const metric = metrics.resolve({ name: given.metric, config: given.options }, 'test');
  const added = metric.update(yTrue, yPred, weights).dataSync();
  return figuresOf(metric, Float64Array.from(added));
}

function expectSame(found: number[], wanted: number[]): void {
  expect(found.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(found[i]! - value).toBeCloseTo(0, 5);
}

describe('of every metric', () => {
  const plain = cases.filter(
    ({ batches, options }) => !batches[0]!.sampleWeight && !('numRegressors' in options),
  );
  beforeAll(async () => {
    await useBackend('cpu');
  });

  test.each(plain)('$name: a weight of 2 counts as two samples, a weight of 0 as none', (given) => {
    tf.tidy(() => {
      const [yTrue, yPred] = [toTensor(given.batches[0]!.yTrue), toTensor(given.batches[0]!.yPred)];
      const rows = yPred.shape[0]!;
      const counts = Array.from({ length: rows }, (_, row) => (row * 7 + 2) % 3);
      const repeated = counts.flatMap((count, row) => Array<number>(count).fill(row));
      const pick = (all: tf.Tensor): tf.Tensor => tf.gather(all, tf.tensor1d(repeated, 'int32'));
      const weighted = figuresOfBatch(given, yTrue, yPred, tf.tensor1d(counts));
      expectSame(weighted, figuresOfBatch(given, pick(yTrue), pick(yPred)));
    });
  });

  const flat = plain.filter(({ batches }) => batches[0]!.yPred.shape.length === 2);
  test.each(flat)('$name: steps of a sequence count as samples do, a mask takes some out', (given) => {
    tf.tidy(() => {
      const [yTrue, yPred] = [toTensor(given.batches[0]!.yTrue), toTensor(given.batches[0]!.yPred)];
      const asSteps = (all: tf.Tensor): tf.Tensor => tf.expandDims(all, 0);
      expectSame(figuresOfBatch(given, asSteps(yTrue), asSteps(yPred)), figuresOfBatch(given, yTrue, yPred));
      const mask = tf.tensor1d(Array.from({ length: yPred.shape[0]! }, (_, row) => Number(row % 3 !== 1)));
      const masked = figuresOfBatch(given, asSteps(yTrue), asSteps(yPred), asSteps(mask));
      expectSame(masked, figuresOfBatch(given, yTrue, yPred, mask));
    });
  });

  test.each(plain)('$name: no samples at all are no division by zero', (given) => {
    const { name, metric: type } = given;
    const metric = metrics.resolve({ name: type, config: given.options }, name);
    tf.tidy(() => metric.update(toTensor(given.batches[0]!.yTrue), toTensor(given.batches[0]!.yPred)));
    for (const figure of figuresOf(metric, new Float64Array(metric.size))) expect(figure).not.toBeNaN();
  });

  test.each(plain)('$name: its config makes it again', ({ metric: name, options }) => {
    const metric = metrics.resolve({ name, config: options }, 'test');
    expect({ ...options, ...metric.config }).toEqual(options); // defaults are left out
    const again = metrics.resolve({ name: metric.name, config: metric.config }, 'test');
    expect(again.config).toEqual(metric.config);
  });
});

test('counts stay exact beyond what an f32 can count', async () => {
  await useBackend('cpu');
  const metric = truePositives();
  const totals = Float64Array.of(2 ** 24, 0, 0, 0); // 2^24 + 1 is no f32
  const added = tf.tidy(() => metric.update(tf.tensor2d([[1]]), tf.tensor2d([[0.9]])).dataSync());
  for (let i = 0; i < 4; i++) totals[i]! += added[i]!;
  expect(metric.result(totals)).toBe(2 ** 24 + 1);
});

test('a mask keeps steps out of an accuracy', async () => {
  await useBackend('cpu');
  const yPred = tf.tensor3d([0.9, 0.2, 0.1, 0.9, 0.9, 0.4], [2, 3, 1]);
  const yTrue = tf.tensor2d([1, 1, 1, 0, 1, 0], [2, 3]);
  const mask = tf.tensor2d([1, 1, 0, 0, 1, 1], [2, 3]);
  expect([...accuracy().update(yTrue, yPred, mask).dataSync()]).toEqual([3, 4]); // Keras 3.15.1 says 0.75
});

describe('binary accuracy', () => {
  beforeAll(() => useBackend('cpu'));
  const totals = (metric: Metric, ...given: readonly (tf.Tensor | undefined)[]): number[] => {
    const [yTrue, yPred, weights] = given;
    return [...metric.update(yTrue!, yPred!, weights).dataSync()];
  };

  test('a prediction on the threshold is not above it, in f32', () => {
    const yPred = tf.tensor2d([0.6, 0.60001, 0.59999], [3, 1]); // the f32 next to 0.6 is above it
    expect(totals(binaryAccuracy({ threshold: 0.6 }), tf.tensor2d([0, 1, 0], [3, 1]), yPred)).toEqual([3, 3]);
  });

  test('of several values a sample, the mean counts', () => {
    const yPred = tf.tensor2d([0.9, 0.1, 0.8, 0.3, 0.2, 0.6], [2, 3]);
    const yTrue = tf.tensor2d([1, 0, 0, 0, 1, 1], [2, 3], 'int32');
    expect(totals(binaryAccuracy(), yTrue, yPred)).toEqual([expect.closeTo(4 / 3, 6), 2]);
    expect(totals(binaryAccuracy(), yTrue, yPred, tf.tensor1d([3, 1]))).toEqual([
      expect.closeTo(8 / 3, 6),
      4,
    ]);
  });

  test('targets of one value stand for all of a sample; one that is neither 0 nor 1 is never met', () => {
    const yPred = tf.tensor2d([0.9, 0.1, 0.8, 0.9], [2, 2]);
    expect(totals(binaryAccuracy(), tf.tensor2d([[1], [1]]), yPred)).toEqual([1.5, 2]);
    expect(totals(binaryAccuracy(), tf.tensor2d([0.5, 0, 1, 1], [2, 2]), yPred)).toEqual([1.5, 2]);
  });

  test('what is no comparison one by one is left to tensors: other shapes are broadcast or refused', () => {
    const wide = tf.tensor2d([1, 0, 1, 1, 1, 1], [2, 3]);
    expect(totals(accuracy(), wide, tf.tensor2d([[0.9], [0.8]]))).toEqual([expect.closeTo(5 / 3, 6), 2]);
    expect(() => totals(binaryAccuracy(), wide, tf.ones([3, 2]))).toThrow(/broadcast/i);
    expect(totals(binaryAccuracy(), tf.tensor1d([1, 0, 1]), tf.tensor1d([0.9, 0.9, 0.9]))).toEqual([
      expect.closeTo(2 / 3, 6),
      1,
    ]);
  });

  test("a row's weight counts for each of its steps", () => {
    const yPred = tf.tensor3d([0.9, 0.2, 0.1, 0.9], [2, 2, 1]);
    expect(totals(accuracy(), tf.tensor2d([1, 1, 0, 0], [2, 2]), yPred, tf.tensor1d([2, 5]))).toEqual([
      7, 14,
    ]);
  });
});

describe('a mean metric and weights', () => {
  beforeAll(() => useBackend('cpu'));
  const perRow = meanMetric('perRow', (_, yPred) => tf.mean(yPred, -1));
  const each = meanMetric('each', (_, yPred) => yPred);
  const totals = (metric: Metric, values: number[], shape: number[]): number[] => {
    const yPred = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    return [...metric.update(yPred, yPred, tf.tensor(values, shape)).dataSync()];
  };

  test.each([
    ['a weight a row', perRow, [1, 2], [2], [12, 3]],
    ['with an axis of one behind', perRow, [1, 2], [2, 1], [12, 3]],
    ['a row for all of its values', each, [1, 2], [2], [36, 9]],
    ['a weight a value', each, [0, 1, 0, 0, 0, 2], [2, 3], [14, 3]],
    ['a weight for each place in a row', each, [0, 1, 2], [1, 3], [25, 6]],
  ])('%s', (_, metric, values, shape, wanted) => {
    expect(totals(metric, values, shape)).toEqual(wanted);
  });

  test('weights of other samples are refused, and not read as if they were of these', () => {
    expect(() => totals(perRow, [0, 1, 1, 1, 1, 1], [2, 3])).toThrow(
      /first axes of f32\[2\]; received f32\[2, 3\].*shape-mismatch/,
    );
    expect(() => totals(each, [1, 2, 3], [3])).toThrow(/broadcast/i);
    expect(() => totals(each, [1, 2, 3, 4], [4])).toThrow(/broadcast/i);
  });
});

test('no samples at all are no division by zero', () => {
  expect(accuracy().result(new Float64Array(2))).toBe(0);
});

test('a threshold outside (0, 1) is refused', () => {
  expect(() => binaryAccuracy({ threshold: 1.5 })).toThrow(/config-threshold/);
});

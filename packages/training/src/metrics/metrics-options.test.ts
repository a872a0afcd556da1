// What metrics refuse, and the figures of those that give several.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { sequential } from '../sequential.js';
import { dense, testRegistry } from '../test-support/test-layers.js';
import { auc } from './auc.js';
import { confusionMatrix, readConfusionMatrix } from './confusion-matrix.js';
import { f1Score } from './f-scores.js';
import { labelled } from './labelled.js';
import { meanMetric } from './mean-metric.js';
import { metrics } from './metrics.js';
import { perplexity } from './perplexity.js';
import { precision, recall } from './positives-and-negatives.js';
import { r2Score } from './r2-score.js';

beforeAll(async () => {
  await useBackend('cpu');
});

describe('options are refused with a code', () => {
  test.each([
    ['precision', { thresholds: 1.5 }, 'config-thresholds'],
    ['precision', { thresholds: [] }, 'config-thresholds'],
    ['recall', { topK: 0 }, 'config-top-k'],
    ['recall', { classId: -1 }, 'config-class-id'],
    ['truePositives', { classId: 1 }, 'config-unknown'],
    ['auc', { numThresholds: 1 }, 'config-num-thresholds'],
    ['auc', { numThresholds: 1e9 }, 'config-num-thresholds'],
    ['precisionAtRecall', { recall: 0.5, numThresholds: 1e9 }, 'config-num-thresholds'],
    ['auc', { curve: 'roc' }, 'config-curve'],
    ['auc', { thresholds: [0.5, 2] }, 'config-thresholds'],
    ['f1Score', { average: 'mean' }, 'config-average'],
    ['f1Score', { beta: 2 }, 'config-unknown'],
    ['fBetaScore', { beta: 0 }, 'config-beta'],
    ['fBetaScore', { threshold: 0 }, 'config-threshold'],
    ['r2Score', { classAggregation: 'sum' }, 'config-class-aggregation'],
    ['precisionAtRecall', {}, 'config-recall'],
    ['topKCategoricalAccuracy', { k: 0 }, 'config-k'],
    ['perplexity', { axis: 'last' }, 'config-axis'],
    ['recall', { label: 'a b' }, 'config-label'],
  ])('%s %j', (name, config, code) => {
    expect(() => metrics.resolve({ name, config }, 'test')).toThrow(new RegExp(`\\(${code}\\)`));
  });
});

test('as many thresholds as there may be', () => {
  const [y, p] = [tf.tensor1d([0, 1, 1, 0]), tf.tensor1d([0.1, 0.8, 0.6, 0.3])];
  for (const [name, config] of [
    ['auc', {}],
    ['specificityAtSensitivity', { sensitivity: 0.5 }],
  ] as const) {
    const metric = metrics.resolve({ name, config: { ...config, numThresholds: 100_000 } }, 'test');
    const totals = Float64Array.from(metric.update(y, p).dataSync());
    expect(totals.length).toBe(400_000);
    expect(metric.result(totals)).toBeCloseTo(1, 5);
  }
});

test.each([precision, recall])('options of null are refused', (make) => {
  expect(() => make(null as never)).toThrow(/config-type/);
});

test('predictions and targets of different shapes are refused', () => {
  const update = () => tf.tidy(() => precision().update(tf.tensor1d([1, 0]), tf.ones([2, 3])));
  expect(update).toThrow(/Expected \[2, 3\]; received \[2\].*one-hot.*\(target-shape\)/);
  const missing = () => tf.tidy(() => recall({ classId: 3 }).update(tf.ones([2, 3]), tf.ones([2, 3])));
  expect(missing).toThrow(/config-class-id/);
  const odd = () => tf.tidy(() => confusionMatrix().update(tf.ones([2, 2]), tf.ones([2, 3])));
  expect(odd).toThrow(/target-shape/);
  const none = () => tf.tidy(() => confusionMatrix().update(tf.tensor1d([0, 3]), tf.ones([2, 3])));
  expect(none).toThrow(/from 0 to 2; received 3\. \(target-value\)/);
});

test.each(['sparseCategoricalAccuracy', 'sparseTopKCategoricalAccuracy', 'perplexity'])(
  '%s refuses one-hot targets',
  (name) => {
    const metric = metrics.resolve(name, 'test');
    expect(() => tf.tidy(() => metric.update(tf.ones([2, 3]), tf.ones([2, 3])))).toThrow(
      /Expected \[2\] or \[2, 1\]; received \[2, 3\].*\(target-shape\)/,
    );
  },
);

test('one metric object for outputs with different numbers of classes is refused', () => {
  const metric = f1Score();
  expect(metric.size).toBe(0);
  tf.tidy(() => metric.update(tf.ones([2, 3]), tf.ones([2, 3])));
  expect(metric.size).toBe(12);
  expect(() => tf.tidy(() => metric.update(tf.ones([2, 4]), tf.ones([2, 4])))).toThrow(/\(metric-classes\)/);
  expect(() => tf.tidy(() => confusionMatrix().update(tf.ones([1]), tf.ones([1, 300])))).toThrow(
    /metric-classes/,
  );
});

test('R² of targets far from zero is not lost to rounding', () => {
  const metric = r2Score();
  const years = Float32Array.from({ length: 64 }, (_, i) => 2_000_000 + (i % 8));
  const guesses = years.map((year, i) => year + (i % 2 ? 0.5 : -0.5));
  const added = tf.tidy(() =>
    metric.update(tf.tensor2d(years, [64, 1]), tf.tensor2d(guesses, [64, 1])).dataSync(),
  );
  expect(metric.result(Float64Array.from(added))).toBeCloseTo(1 - 0.25 / 5.25, 6); // the variance of 0…7 is 5.25
});

test('perplexity is the number of classes for a model that knows nothing', () => {
  const metric = perplexity({ fromLogits: true, ignoreClass: 0 });
  const added = tf.tidy(() => metric.update(tf.tensor2d([[1, 2, 0]]), tf.zeros([1, 3, 7])).dataSync());
  expect([...added.slice(1)]).toEqual([2]);
  expect(metric.result(Float64Array.from(added))).toBeCloseTo(7, 5);
});

test('within a model: several figures, two names, validation', async () => {
  const rows = 30;
  const x = {
    data: Float32Array.from({ length: rows * 2 }, (_, i) => ((i * 37) % 11) / 11),
    shape: [rows, 2],
  };
  const y = Array.from({ length: rows }, (_, row) =>
    x.data[row * 2]! > 0.5 ? 1 : x.data[row * 2 + 1]! > 0.5 ? 2 : 0,
  );
  const oneHot = y.map((label) => [0, 1, 2].map((i) => Number(i === label)));
  const error = meanMetric('largest', (_, yPred) => tf.max(yPred, -1));
  const model = sequential([dense({ units: 3, activation: 'softmax' })], {
    registry: testRegistry(),
    seed: 2,
  });
  model.compile({
    optimizer: 'adam',
    loss: 'categoricalCrossentropy',
    metrics: [
      'confusionMatrix',
      'f1Score',
      auc(),
      labelled('recallOfOne', recall({ classId: 1 })),
      'recall',
      error,
    ],
  });
  const history = await model.fit(x, oneHot, { epochs: 2, batchSize: 8, validationData: [x, oneHot] });
  const logs = history.epochs.at(-1)!;
  const matrix = readConfusionMatrix(logs as never, 'valConfusionMatrix');
  expect(matrix.flat().reduce((sum, cell) => sum + cell, 0)).toBe(rows);
  expect(matrix.map((row) => row.reduce((sum, cell) => sum + cell, 0))).toEqual(
    [0, 1, 2].map((label) => y.filter((one) => one === label).length),
  );
  const figures = await model.evaluate(x, oneHot, { batchSize: 7 });
  expect(Object.keys(figures)).toEqual([
    'loss',
    ...[0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => `confusionMatrix[${row}][${column}]`)),
    'f1Score[0]',
    'f1Score[1]',
    'f1Score[2]',
    'auc',
    'recallOfOne',
    'recall',
    'largest',
  ]);
  const [, ones] = readConfusionMatrix(figures);
  expect(ones!.reduce((sum, cell) => sum + cell, 0)).toBe(y.filter((one) => one === 1).length);
  expect(() => readConfusionMatrix(figures, 'valConfusionMatrix')).toThrow(/metric-unknown/);
  model.dispose();
});

test("'acc' is the accuracy under that name, as in Keras", () => {
  const metric = metrics.resolve('acc', 'test');
  expect([metric.name, metric.label, metric.config]).toEqual(['accuracy', 'acc', { label: 'acc' }]);
});

test('a label is saved with its metric', () => {
  const metric = labelled('recallOfOne', recall({ classId: 1 }));
  expect(metric.config).toEqual({ classId: 1, label: 'recallOfOne' });
  const same = metrics.resolve({ name: metric.name, config: metric.config }, 'test');
  expect([same.name, same.label]).toEqual(['recall', 'recallOfOne']);
});

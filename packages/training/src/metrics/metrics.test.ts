// Metrics against Keras 3: totals over batches of unequal size.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GoldenTensor, readGolden, toTensor } from '../test-support/golden.js';
import { accuracy, binaryAccuracy } from './accuracies.js';
import { metrics } from './metrics.js';

interface MetricCase {
  readonly name: string;
  readonly metric: string;
  readonly options: Record<string, never>;
  readonly batches: {
    readonly yTrue: GoldenTensor;
    readonly yPred: GoldenTensor;
    readonly sampleWeight?: GoldenTensor;
    readonly resultSoFar: number;
  }[];
}
interface AccuracyMeaning {
  readonly yTrueShape: number[];
  readonly yPredShape: number[];
  readonly metric: string;
}

const golden = readGolden<{ cases: MetricCase[]; accuracyMeans: AccuracyMeaning[] }>('metrics.json');
const cases = golden.cases.filter(({ metric }) => metrics.names().includes(metric));

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(async () => {
    await useBackend(backend, { fallback: false });
  });

  test.each(cases)('$name', ({ metric: name, options, batches }) => {
    const metric = metrics.resolve({ name, config: options }, 'test');
    const totals = new Float64Array(metric.size);
    const before = tf.memory().numTensors;
    for (const { yTrue, yPred, sampleWeight, resultSoFar } of batches) {
      const added = tf.tidy(() =>
        metric.update(toTensor(yTrue), toTensor(yPred), sampleWeight && toTensor(sampleWeight)),
      );
      added.dataSync().forEach((value, i) => {
        totals[i]! += value;
      });
      added.dispose();
      expect(metric.result(totals)).toBeCloseTo(resultSoFar, 5);
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

test('the golden file holds cases of every accuracy', () => {
  expect(new Set(cases.map(({ metric }) => metric)).size).toBeGreaterThanOrEqual(5);
});

test('a mask keeps steps out of an accuracy', async () => {
  await useBackend('cpu');
  const yPred = tf.tensor3d([0.9, 0.2, 0.1, 0.9, 0.9, 0.4], [2, 3, 1]);
  const yTrue = tf.tensor2d([1, 1, 1, 0, 1, 0], [2, 3]);
  const mask = tf.tensor2d([1, 1, 0, 0, 1, 1], [2, 3]);
  expect([...accuracy().update(yTrue, yPred, mask).dataSync()]).toEqual([3, 4]); // Keras 3.15.1 says 0.75
});

test('no samples at all are no division by zero', () => {
  expect(accuracy().result(new Float64Array(2))).toBe(0);
});

test('a threshold outside (0, 1) is refused', () => {
  expect(() => binaryAccuracy({ threshold: 1.5 })).toThrow(/config-threshold/);
});

// Layers that move values about or add noise to them: the conformance suite, their numbers, refusals.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  dropoutMask,
  gaussianNoise,
  gaussianNoiseSpec,
  layers,
  permute,
  permuteSpec,
  repeatVector,
  repeatVectorSpec,
  reshape,
  reshapeSpec,
  spatialDropout1DSpec,
  spatialDropout1d,
} from './index.js';

const registry = createRegistry([layers]);
beforeAll(() => useBackend('cpu'));

const sequences = [[3, 5, 4]];
const build = <L extends Layer>(layer: L, shape: Shape): L => {
  buildLayer(layer, { registry, rng: createRng(1), path: 'model/layer', inputShapes: [shape] });
  return layer;
};
const train = (layer: Layer, x: tf.Tensor, seed: number): Float32Array =>
  tf.tidy(() => {
    const options = { registry, rng: createRng(seed), path: 'model/layer', training: true };
    return callLayer(layer, [x], options).outputs[0]!.dataSync() as Float32Array;
  });

describe('conformance', () => {
  const cases = [
    ['SpatialDropout1D', { spec: spatialDropout1DSpec, options: { rate: 0.4 }, inputShapes: sequences }],
    ['GaussianNoise', { spec: gaussianNoiseSpec, options: { stddev: 0.5 }, inputShapes: sequences }],
    [
      'RepeatVector',
      {
        spec: repeatVectorSpec,
        options: { n: 3 },
        inputShapes: [[2, 5]],
        expected: { outputShapes: [[null, 3, 5]] },
      },
    ],
    [
      'Reshape',
      {
        spec: reshapeSpec,
        options: { targetShape: [2, -1] },
        inputShapes: sequences,
        expected: { outputShapes: [[null, 2, 10]] },
      },
    ],
    ['Reshape of vectors', { spec: reshapeSpec, options: { targetShape: [2, 3] }, inputShapes: [[4, 6]] }],
    [
      'Permute',
      {
        spec: permuteSpec,
        options: { dims: [2, 1] },
        inputShapes: sequences,
        expected: { outputShapes: [[null, 4, 5]] },
      },
    ],
  ] as const;
  test.each(cases)('%s', async (_name, options) => {
    const given = { registry, ...options } as unknown as Parameters<typeof testLayer>[0];
    const { checked, skipped } = await testLayer(given);
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});

describe('chance', () => {
  test('spatial dropout takes whole channels, the wanted part of them, and keeps the mean', () => {
    const [batch, steps, channels] = [40, 3, 50];
    const x = tf.ones([batch, steps, channels]);
    const values = train(spatialDropout1d({ rate: 0.25 }), x, 3);
    let dropped = 0;
    for (let b = 0; b < batch; b++) {
      for (let c = 0; c < channels; c++) {
        const seen = [0, 1, 2].map((t) => values[(b * steps + t) * channels + c]!);
        expect(new Set(seen).size).toBe(1);
        if (seen[0] === 0) dropped += 1;
        else expect(seen[0]).toBeCloseTo(4 / 3, 6);
      }
    }
    expect(dropped / (batch * channels)).toBeGreaterThan(0.21); // four deviations of 2,000 drawings
    expect(dropped / (batch * channels)).toBeLessThan(0.29);
    x.dispose();
  });

  test('noise has mean 0 and the wanted deviation, and comes from the stream of the call', () => {
    const x = tf.fill([100, 50], 2);
    const values = train(gaussianNoise({ stddev: 0.3 }), x, 5);
    const mean = values.reduce((sum, value) => sum + value - 2, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - 2 - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean)).toBeLessThan(0.017); // four deviations of the mean of 5,000
    expect(Math.abs(Math.sqrt(variance) - 0.3)).toBeLessThan(0.012);
    expect(train(gaussianNoise({ stddev: 0.3 }), x, 5)).toEqual(values);
    expect(train(gaussianNoise({ stddev: 0.3 }), x, 6)).not.toEqual(values);
    x.dispose();
  });
});

describe('refusals', () => {
  test.each<[string, string, () => unknown]>([
    ['a rate of 1', 'config-rate', () => spatialDropout1d({ rate: 1 })],
    ['a mask at a rate of 1', 'config-rate', () => dropoutMask([2, 3], 1, createRng(1))],
    ['a deviation of 1.5', 'config-stddev', () => gaussianNoise({ stddev: 1.5 })],
    ['no deviation', 'config-stddev', () => gaussianNoise({} as never)],
    ['no options', 'config-type', () => gaussianNoise(undefined as never)],
    ['0 steps', 'config-n', () => repeatVector({ n: 0 })],
    ['sequences to repeat', 'shape-mismatch', () => build(repeatVector({ n: 2 }), [null, 3, 4])],
    ['vectors to drop from', 'shape-mismatch', () => build(spatialDropout1d({ rate: 0.5 }), [null, 3])],
    ['an order from 0', 'config-dims', () => permute({ dims: [0, 1] })],
    ['an axis twice', 'config-dims', () => permute({ dims: [1, 1] })],
    ['no list', 'config-dims', () => permute({ dims: 2 as never })],
    ['two free sizes', 'config-target-shape', () => reshape({ targetShape: [-1, -1] })],
    ['a size of 0', 'config-target-shape', () => reshape({ targetShape: [3, 0] })],
    ['a misspelt option', 'config-unknown', () => reshape({ targetshape: [3] } as never)],
  ])('%s: %s', (_what, code, act) => {
    expect(act).toThrow(`(${code})`);
  });

  test('a shape that does not fit says both numbers of values', () => {
    expect(() => build(reshape({ targetShape: [3, 4] }), [null, 5, 2])).toThrow(
      '[model/layer] The values of a sample do not fit into `targetShape`. Expected 12 values for [3, 4]; received 10 values in [5, 2]. (shape-mismatch)',
    );
    expect(() => build(reshape({ targetShape: [-1, 4] }), [null, 5, 2])).toThrow(
      'Expected a multiple of 4 values for [-1, 4]; received 10 values in [5, 2].',
    );
  });

  test('where steps are not known beforehand, it says so with the first batch', () => {
    const layer = build(reshape({ targetShape: [-1, 4] }), [null, null, 2]);
    expect(layer.outputShapes([[null, null, 2]])).toEqual([[null, null, 4]]);
    const x = tf.ones([2, 3, 2]);
    expect(() => train(layer, x, 1)).toThrow(
      '[model/layer] The values of a sample do not fit into `targetShape`. Expected a multiple of 4 values for [-1, 4]; received 6 values in [3, 2]. (shape-mismatch)',
    );
    x.dispose();
  });

  test('an input of other axes says how many are wanted', () => {
    expect(() => build(permute({ dims: [2, 1] }), [null, 4])).toThrow(
      '[model/layer] `dims` orders 2 axes after the batch. Expected an input of 3 axes; received [?, 4]. (shape-mismatch)',
    );
  });
});

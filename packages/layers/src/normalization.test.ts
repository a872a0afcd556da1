// Normalization layers: the conformance suite, and what only they can get wrong.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  batchNormalization,
  batchNormalizationSpec,
  layerNormalization,
  layerNormalizationSpec,
  layers,
  timeDistributed,
} from './index.js';

const registry = createRegistry([layers]);
beforeAll(() => useBackend('cpu'));

const build = <L extends Layer>(layer: L, shape: Shape): L => {
  buildLayer(layer, { registry, rng: createRng(1), path: 'model/norm', inputShapes: [shape] });
  return layer;
};

describe('conformance', () => {
  const cases = [
    ['LayerNormalization', { spec: layerNormalizationSpec, options: {}, inputShapes: [[3, 5, 4]] }],
    [
      'LayerNormalization over two axes',
      {
        spec: layerNormalizationSpec,
        options: { axis: [2, -2], epsilon: 0.01, gammaRegularizer: 'l2', betaConstraint: 'nonNeg' },
        inputShapes: [[3, 5, 4]],
      },
    ],
    [
      'LayerNormalization, plain',
      { spec: layerNormalizationSpec, options: { scale: false, center: false }, inputShapes: [[3, 5]] },
    ],
    [
      'BatchNormalization',
      {
        spec: batchNormalizationSpec,
        options: {},
        inputShapes: [[3, 5, 4]],
        expected: { params: { gamma: [4], beta: [4], movingMean: [4], movingVariance: [4] } },
      },
    ],
    [
      'BatchNormalization over axis 1',
      {
        spec: batchNormalizationSpec,
        options: { axis: 1, momentum: 0.7, scale: false, movingMeanInitializer: 'ones', trainable: false },
        inputShapes: [[3, 5, 4]],
      },
    ],
    [
      'BatchNormalization of vectors',
      { spec: batchNormalizationSpec, options: { center: false }, inputShapes: [[3, 4]] },
    ],
  ] as const;
  test.each(cases)('%s', async (_name, options) => {
    const given = { registry, ...options } as unknown as Parameters<typeof testLayer>[0];
    const { checked, skipped } = await testLayer(given);
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});

test('layer normalization keeps the weights in the order of the axes in the input', () => {
  const layer = build(layerNormalization({ axis: [-1, 1] }), [null, 5, 4, 3]);
  expect(layer.params.map(({ shape }) => shape)).toEqual([
    [5, 3],
    [5, 3],
  ]);
  layer.dispose();
});

describe('batch normalization', () => {
  const x = [
    [1, 10],
    [3, 30],
  ];
  const run = (layer: Layer, training: boolean) => {
    const asked: Record<string, number[]> = {};
    const output = tf.tidy(() => {
      const update = (
        param: { name: string; tensor: tf.Tensor },
        next: (present: tf.Tensor) => tf.Tensor,
      ) => {
        asked[param.name] = [...next(param.tensor).dataSync()].map((value) => Math.round(value * 1e4) / 1e4);
      };
      const options = { registry, rng: createRng(1), path: 'model/norm', training, update };
      return [...callLayer(layer, [tf.tensor2d(x)], options).outputs[0]!.dataSync()];
    });
    return { asked, output };
  };

  test('in training it moves its averages, in inference it uses them', () => {
    const layer = build(batchNormalization({ momentum: 0.75, epsilon: 0 }), [null, 2]);
    const trained = run(layer, true);
    expect(trained.asked).toEqual({ movingMean: [0.5, 5], movingVariance: [1, 25.75] });
    expect(trained.output.map(Math.round)).toEqual([-1, -1, 1, 1]);
    const inferred = run(layer, false);
    expect(inferred).toEqual({ asked: {}, output: [1, 10, 3, 30] });
    layer.dispose();
  });

  test('what a mask leaves out does not reach the averages, even where it is NaN', () => {
    const layer = build(batchNormalization({ momentum: 0 }), [null, 3, 1]);
    const asked: number[] = [];
    const update = (_: unknown, next: (present: tf.Tensor) => tf.Tensor) =>
      void asked.push(...next(tf.zeros([1])).dataSync());
    tf.tidy(() => {
      const masks = [tf.tensor([1, 0, 1], [1, 3], 'bool')];
      const options = { registry, rng: createRng(1), path: 'model/norm', training: true, masks, update };
      callLayer(layer, [tf.tensor([2, Number.NaN, 6], [1, 3, 1])], options);
    });
    expect(asked.map((value) => Math.round(value * 1e4) / 1e4)).toEqual([4, 4]);
    layer.dispose();
  });

  test('frozen, it uses its averages in training, too, and leaves them', () => {
    const layer = build(batchNormalization({ trainable: false, epsilon: 0 }), [null, 2]);
    expect(run(layer, true)).toEqual({ asked: {}, output: [1, 10, 3, 30] });
    layer.dispose();
  });

  test('so it does in a wrapper that is frozen', () => {
    const inside = batchNormalization({ epsilon: 0 });
    const layer = build(timeDistributed({ layer: inside, trainable: false }), [null, 1, 2]);
    const asked: unknown[] = [];
    const update = (param: unknown): void => void asked.push(param);
    const output = tf.tidy(() => {
      const options = { registry, rng: createRng(1), path: 'model/norm', training: true, update };
      return callLayer(layer, [tf.tensor([1, 10, 3, 30], [2, 1, 2])], options).outputs[0]!;
    });
    expect([asked, [...output.dataSync()]]).toEqual([[], [1, 10, 3, 30]]);
    output.dispose();
    layer.dispose();
  });
});

describe('refusals', () => {
  test.each<[string, string, () => unknown]>([
    ['a momentum of 1.1', 'config-momentum', () => batchNormalization({ momentum: 1.1 })],
    ['an epsilon below 0', 'config-epsilon', () => layerNormalization({ epsilon: -1 })],
    ['center of 1', 'config-center', () => layerNormalization({ center: 1 as never })],
    ['no axes', 'config-axis', () => layerNormalization({ axis: [] })],
    ['two axes for batches', 'config-axis', () => batchNormalization({ axis: [1, 2] as never })],
    ['renorm', 'config-unknown', () => batchNormalization({ renorm: true } as never)],
    ['the batch axis', 'config-axis', () => build(layerNormalization({ axis: 0 }), [null, 3])],
    ['an axis beyond', 'config-axis', () => build(batchNormalization({ axis: 2 }), [null, 3])],
    ['one axis twice', 'config-axis', () => build(layerNormalization({ axis: [1, -1] }), [null, 3])],
    ['an unknown size', 'shape-mismatch', () => build(batchNormalization({ axis: 1 }), [null, null, 3])],
    [
      'an initializer nobody knows',
      'initializer-unknown',
      () => build(batchNormalization({ gammaInitializer: 'one' as never }), [null, 3]),
    ],
  ])('%s: %s', (_what, code, act) => {
    expect(act).toThrow(`(${code})`);
  });

  test('a mask of other axes', () => {
    const layer = build(batchNormalization(), [null, 3]);
    const masks = [tf.ones([2, 3], 'bool')];
    const options = { registry, rng: createRng(1), path: 'model/norm', training: true, masks };
    expect(() => tf.tidy(() => void callLayer(layer, [tf.ones([2, 3])], options))).toThrow(
      '[model/norm] The mask does not have the axes of the input without its last. Expected bool[2]; received bool[2, 3]. (shape-mismatch)',
    );
    tf.dispose(masks);
    layer.dispose();
  });
});

// Convolution and poolings: the conformance suite, refusals, and training on wasm.
import { useBackend } from '@ostinato/backend';
import { buildLayer, callLayer, createRegistry, createRng, type Layer, type Shape } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  averagePooling1DSpec,
  averagePooling1d,
  conv1DSpec,
  conv1d,
  globalAveragePooling1DSpec,
  globalAveragePooling1d,
  globalMaxPooling1DSpec,
  globalMaxPooling1d,
  layers,
  maxPooling1DSpec,
  maxPooling1d,
} from './index.js';

const registry = createRegistry([layers]);
const sequences = [[3, 7, 4]];
const build = (layer: Layer, shape: Shape): Layer => {
  buildLayer(layer, { registry, rng: createRng(1), path: 'model/layer', inputShapes: [shape] });
  return layer;
};

const CASES = [
  ['Conv1D', { spec: conv1DSpec, options: { filters: 3, kernelSize: 3 }, inputShapes: sequences }],
  [
    'Conv1D, causal and dilated',
    {
      spec: conv1DSpec,
      options: { filters: 5, kernelSize: [2], padding: 'causal', dilationRate: 3, activation: 'tanh' },
      inputShapes: sequences,
      expected: { outputShapes: [[null, 7, 5]], params: { kernel: [2, 4, 5], bias: [5] } },
    },
  ],
  [
    'Conv1D, same, strides, groups',
    {
      spec: conv1DSpec,
      options: {
        filters: 6,
        kernelSize: 4,
        padding: 'same',
        strides: 2,
        groups: 2,
        useBias: false,
        kernelRegularizer: 'l2',
      },
      inputShapes: sequences,
      expected: { outputShapes: [[null, 4, 6]], params: { kernel: [4, 2, 6] } },
    },
  ],
  [
    'Conv1D, channels first',
    {
      spec: conv1DSpec,
      options: { filters: 3, kernelSize: 1, dataFormat: 'channelsFirst' },
      inputShapes: sequences,
      expected: { outputShapes: [[null, 3, 4]] },
    },
  ],
  [
    'MaxPooling1D',
    {
      spec: maxPooling1DSpec,
      options: {},
      inputShapes: sequences,
      expected: { outputShapes: [[null, 3, 4]] },
    },
  ],
  [
    'MaxPooling1D, same',
    {
      spec: maxPooling1DSpec,
      options: { poolSize: 3, strides: 2, padding: 'same', dataFormat: 'channelsFirst' },
      inputShapes: sequences,
    },
  ],
  [
    'AveragePooling1D',
    {
      spec: averagePooling1DSpec,
      options: { poolSize: [4], strides: 3, padding: 'same' },
      inputShapes: sequences,
    },
  ],
  ['GlobalAveragePooling1D', { spec: globalAveragePooling1DSpec, options: {}, inputShapes: sequences }],
  [
    'GlobalAveragePooling1D, channels first',
    {
      spec: globalAveragePooling1DSpec,
      options: { dataFormat: 'channelsFirst', keepdims: true },
      inputShapes: [[3, 4, 7]],
      masked: false,
    },
  ],
  [
    'GlobalMaxPooling1D',
    { spec: globalMaxPooling1DSpec, options: { keepdims: true }, inputShapes: sequences },
  ],
] as const;

describe.each(['cpu', 'wasm'] as const)('conformance on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  test.each(CASES)('%s', async (_name, options) => {
    const tolerance = backend === 'wasm' ? { gradientTolerance: 2e-2 } : {};
    const given = { registry, ...tolerance, ...options } as unknown as Parameters<typeof testLayer>[0];
    const { checked, skipped } = await testLayer(given);
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
  });
});

test('a row that is masked throughout has a mean of 0, and what is masked may be NaN', () => {
  const layer = build(globalAveragePooling1d(), [null, 2, 1]);
  tf.tidy(() => {
    const x = tf.tensor([3, Number.NaN, 5, 7], [2, 2, 1]);
    const masks = [tf.tensor([1, 0, 0, 0], [2, 2], 'bool')];
    const mean = (input: tf.Tensor) =>
      callLayer(layer, [input], { registry, rng: createRng(1), path: 'layer', masks }).outputs[0]!;
    expect([...mean(x).dataSync()]).toEqual([3, 0]);
    expect([
      ...tf
        .grad((input) => tf.sum(mean(input)))(x)
        .dataSync(),
    ]).toEqual([1, 0, 0, 0]);
  });
});

test('channels first is channels last, turned round', () => {
  const options = { filters: 3, kernelSize: 3, padding: 'same', strides: 2 } as const;
  tf.tidy(() => {
    const x = tf.randomNormal([2, 7, 4], 0, 1, 'float32', 5);
    const [last, first] = (['channelsLast', 'channelsFirst'] as const).map((dataFormat) => {
      const turned = dataFormat === 'channelsFirst';
      const layer = build(conv1d({ ...options, dataFormat }), turned ? [null, 4, 7] : [null, 7, 4]);
      const input = turned ? tf.transpose(x, [0, 2, 1]) : x;
      const given = { registry, rng: createRng(1), path: 'layer' };
      const output = callLayer(layer, [input], given).outputs[0]!;
      layer.dispose();
      return [...(turned ? tf.transpose(output, [0, 2, 1]) : output).dataSync()];
    });
    expect(first).toEqual(last);
  });
});

test('of equal maxima in a window the first gets the gradient; over all steps they share it', () => {
  const gradientOf = (layer: Layer): number[] => {
    build(layer, [null, 4, 1]);
    const context = { training: true, masks: [null], path: 'layer' } as never;
    const run = (x: tf.Tensor) => tf.sum(layer.call([x], context) as tf.Tensor);
    return [
      ...tf.tidy(() =>
        tf
          .grad(run)(tf.tensor([2, 2, 1, 2], [1, 4, 1]))
          .dataSync(),
      ),
    ];
  };
  expect(gradientOf(maxPooling1d())).toEqual([1, 0, 0, 1]);
  expect(gradientOf(globalMaxPooling1d()).map((value) => value.toFixed(4))).toEqual([
    '0.3333',
    '0.3333',
    '0.0000',
    '0.3333',
  ]);
});

describe('refusals', () => {
  test.each<[string, string, () => unknown]>([
    ['no filters', 'config-filters', () => conv1d({ kernelSize: 3 } as never)],
    ['a kernel of two axes', 'config-kernel-size', () => conv1d({ filters: 3, kernelSize: [3, 3] as never })],
    ['strides of 0', 'config-strides', () => conv1d({ filters: 3, kernelSize: 3, strides: 0 })],
    [
      'padding unheard of',
      'config-padding',
      () => conv1d({ filters: 3, kernelSize: 3, padding: 'full' as never }),
    ],
    [
      'strides and dilation',
      'config-dilation-rate',
      () => conv1d({ filters: 3, kernelSize: 3, strides: 2, dilationRate: 2 }),
    ],
    ['groups beside filters', 'config-groups', () => conv1d({ filters: 3, kernelSize: 3, groups: 2 })],
    [
      'groups beside channels',
      'config-groups',
      () => build(conv1d({ filters: 4, kernelSize: 3, groups: 2 }), [null, 7, 3]),
    ],
    ['vectors', 'shape-mismatch', () => build(conv1d({ filters: 4, kernelSize: 3 }), [null, 7])],
    [
      'unknown channels',
      'shape-mismatch',
      () => build(conv1d({ filters: 4, kernelSize: 3 }), [null, 7, null]),
    ],
    ['too few steps', 'shape-mismatch', () => build(conv1d({ filters: 4, kernelSize: 8 }), [null, 7, 3])],
    ['a window of 0', 'config-pool-size', () => maxPooling1d({ poolSize: 0 })],
    ['causal pooling', 'config-padding', () => maxPooling1d({ padding: 'causal' as never })],
    ['a wider pool', 'shape-mismatch', () => build(averagePooling1d({ poolSize: 8 }), [null, 7, 3])],
    ['keepDims', 'config-unknown', () => globalMaxPooling1d({ keepDims: true } as never)],
    ['no order of axes', 'config-data-format', () => maxPooling1d({ dataFormat: 'NWC' as never })],
    ['images', 'shape-mismatch', () => build(globalMaxPooling1d(), [null, 3, 4, 5])],
  ])('%s: %s', (_what, code, act) => {
    expect(act).toThrow(`(${code})`);
  });

  test('groups say what they do not divide', () => {
    expect(() => build(conv1d({ filters: 6, kernelSize: 2, groups: 3 }), [null, 7, 4])).toThrow(
      '[model/layer] 3 groups do not divide the channels of the input. Expected a divisor of 4; received 3. (config-groups)',
    );
  });
});

test('softmax behind a convolution goes over the last axis, wherever the channels stand, as in Keras', async () => {
  await useBackend('cpu');
  const layer = build(
    conv1d({ filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', activation: 'softmax' }),
    [null, 2, 6],
  );
  tf.tidy(() => {
    const x = tf.reshape(tf.range(0, 24), [2, 2, 6]);
    const { outputs } = callLayer(layer, [x], { registry, rng: createRng(1), path: 'model/layer' });
    expect(outputs[0]!.shape).toEqual([2, 3, 5]);
    for (const sum of tf.sum(outputs[0]!, -1).dataSync()) expect(sum).toBeCloseTo(1, 6);
  });
  layer.dispose();
});

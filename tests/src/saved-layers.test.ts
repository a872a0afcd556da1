// Every layer, nested ones too, comes back from a saved model: its options, its weights by path, its numbers.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, type Layer } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import * as all from '@ostinato/layers';
import { modelFromBytes, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';

const { bidirectional, conv1d, dense, flatten, gru, lstm, masking, rnn, timeDistributed } = all;
const SEQUENCES = [12, 6, 4] as const;

const registry = createRegistry([all.layers, createKernels({ threads: 1 })]);
const withoutKernels = createRegistry([all.layers]);
beforeAll(async () => {
  await useBackend('wasm');
  await registry.ready();
});

/** Values from −1 to 1; of sequences, the first steps of most are zeros, for `masking`. */
function valuesOf(shape: readonly number[]) {
  const rng = createRng(5);
  const size = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from({ length: size }, () => rng.uniform(-1, 1));
  const row = size / shape[0]!;
  if (shape === SEQUENCES)
    for (let i = 0; i < shape[0]!; i++) data.fill(0, i * row, i * row + (row / 6) * (i % 6));
  return { data, shape };
}

const stack = () =>
  all.stackedRNNCells({
    cells: [
      all.lstmCell({ units: 3 }),
      all.gruCell({ units: 2, resetAfter: false }),
      all.simpleRNNCell({ units: 4 }),
    ],
  });

const models: [string, readonly number[], () => Layer[]][] = [
  [
    'a stack of cells in both directions',
    SEQUENCES,
    () => [
      masking(),
      bidirectional({ layer: rnn({ cell: stack(), returnSequences: true }), mergeMode: 'sum' }),
      timeDistributed({ layer: dense({ units: 3 }) }),
      all.globalAveragePooling1d(),
    ],
  ],
  [
    'two different directions',
    SEQUENCES,
    () => [
      masking(),
      bidirectional({
        layer: lstm({ units: 3, returnSequences: true, trainable: false }),
        backwardLayer: gru({ units: 5, goBackwards: true, returnSequences: true }),
      }),
      all.globalMaxPooling1d(),
    ],
  ],
  [
    'a wrapper in a wrapper',
    [12, 3, 4, 2],
    () => [timeDistributed({ layer: bidirectional({ layer: gru({ units: 3 }) }) }), lstm({ units: 3 })],
  ],
  [
    'normalizations',
    SEQUENCES,
    () => [
      masking(),
      timeDistributed({ layer: all.batchNormalization({ momentum: 0.5 }) }),
      all.batchNormalization(),
      all.layerNormalization({ axis: [1, 2] }),
      gru({ units: 3 }),
    ],
  ],
  [
    'convolution and pooling',
    SEQUENCES,
    () => [
      conv1d({
        filters: 6,
        kernelSize: [3],
        groups: 2,
        padding: 'causal',
        dilationRate: 2,
        activation: 'gelu',
      }),
      all.maxPooling1d(),
      all.averagePooling1d({ poolSize: 2, strides: 1 }),
      all.spatialDropout1d({ rate: 0.2 }),
      all.gaussianNoise({ stddev: 0.1 }),
      flatten(),
    ],
  ],
  [
    'layers that change shapes',
    SEQUENCES,
    () => [
      lstm({ units: 6 }),
      all.repeatVector({ n: 4 }),
      all.reshape({ targetShape: [-1, 3] }),
      all.permute({ dims: [2, 1] }),
      all.simpleRNN({ units: 2 }),
    ],
  ],
  [
    'convolutions in an LSTM',
    [4, 3, 4, 3, 2],
    () => [
      bidirectional({
        layer: all.convLstm2d({ filters: 2, kernelSize: 2, padding: 'same', returnSequences: true }),
      }),
      timeDistributed({ layer: flatten() }),
      all.reshape({ targetShape: [3, 12, 4] }),
      all.convLstm1d({ filters: 3, kernelSize: 2 }),
      flatten(),
    ],
  ],
  [
    'attention, of which one weight is a single number',
    SEQUENCES,
    () => [
      masking(),
      all.attention({ useScale: true, scoreMode: 'concat' }),
      all.additiveAttention(),
      all.multiHeadAttention({ numHeads: 2, keyDim: 3, useGate: true, outputShape: [5] }),
      all.globalAveragePooling1d(),
    ],
  ],
];

test.each(models)('%s', async (_, shape, make) => {
  const tensors = tf.memory().numTensors;
  const x = valuesOf(shape);
  const y = Float32Array.from({ length: shape[0]! }, (_, i) => (i % 3) - 1);
  const model = sequential([...make(), dense({ units: 1 })], { registry, seed: 2 });
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  await model.fit(x, y, { epochs: 1, batchSize: 5 });
  const bytes = await model.toBytes();
  const outputsOf = async (of: typeof model): Promise<number[]> => {
    const outputs = await of.predict(x);
    const values = [...(await outputs.data())];
    tf.dispose(outputs);
    return values;
  };
  const expected = await outputsOf(model);
  const loaded = await modelFromBytes(bytes, { registry });
  expect(await outputsOf(loaded)).toEqual(expected);
  expect(await loaded.toBytes()).toEqual(bytes);
  const reference = await modelFromBytes(bytes, { registry: withoutKernels });
  for (const [i, value] of (await outputsOf(reference)).entries()) expect(value).toBeCloseTo(expected[i]!, 5);
  for (const each of [model, loaded, reference]) each.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});

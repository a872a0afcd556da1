// Models of layers inside layers: they learn on cpu and wasm, run fused kernels inside, and come back from a file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, type Layer } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import {
  bidirectional,
  convLstm1d,
  convLstm2d,
  dense,
  embedding,
  flatten,
  gruCell,
  layers,
  lstm,
  rnn,
  simpleRNN,
  simpleRNNCell,
  stackedRNNCells,
  timeDistributed,
} from '@ostinato/layers';
import { loadModel, saveModel, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const SAMPLES = 24;

interface Task {
  readonly inside: () => Layer[];
  readonly shape: readonly number[];
  /** Ids below this number; floats when absent. */
  readonly words?: number;
  /** Paths in the model that run fused kernels. */
  readonly fused: readonly string[];
}

const TASKS: Readonly<Record<string, Task>> = {
  'bidirectional and time-distributed layers over words': {
    words: 20,
    shape: [7],
    inside: () => [
      embedding({ inputDim: 20, outputDim: 5, maskZero: true }),
      bidirectional({ layer: lstm({ units: 5, returnSequences: true }) }),
      timeDistributed({ layer: dense({ units: 3, activation: 'tanh' }) }),
      bidirectional({ layer: simpleRNN({ units: 4 }), mergeMode: 'ave' }),
    ],
    fused: [
      'embedding',
      'bidirectional/forward',
      'bidirectional/backward',
      'bidirectional_1/forward',
      'bidirectional_1/backward',
    ],
  },
  'a layer over the words of each sentence': {
    words: 20,
    shape: [4, 5],
    inside: () => [
      timeDistributed({ layer: embedding({ inputDim: 20, outputDim: 5, maskZero: true }) }),
      timeDistributed({ layer: bidirectional({ layer: simpleRNN({ units: 4 }) }) }),
      lstm({ units: 3 }),
    ],
    fused: [
      'time_distributed/layer',
      'time_distributed_1/layer/forward',
      'time_distributed_1/layer/backward',
      'lstm',
    ],
  },
  'a stack of cells': {
    shape: [5, 3],
    inside: () => [
      rnn({ cell: stackedRNNCells({ cells: [gruCell({ units: 5 }), simpleRNNCell({ units: 3 })] }) }),
    ],
    fused: [],
  },
  'convolutional LSTMs over pictures and rows': {
    shape: [3, 5, 4, 2],
    inside: () => [
      convLstm2d({ filters: 3, kernelSize: [3, 2], strides: [2, 1], returnSequences: true, dropout: 0.1 }),
      timeDistributed({ layer: flatten() }),
      timeDistributed({ layer: dense({ units: 6 }) }),
    ],
    fused: [],
  },
  'a convolutional LSTM in both directions': {
    shape: [3, 6, 2],
    inside: () => [bidirectional({ layer: convLstm1d({ filters: 3, kernelSize: 3, padding: 'same' }) })],
    fused: [],
  },
};

function dataOf({ shape, words }: Task) {
  const rng = createRng(5);
  const size = SAMPLES * shape.reduce((product, length) => product * length, 1);
  const x = words
    ? Int32Array.from({ length: size }, () => rng.int(words))
    : Float32Array.from({ length: size }, () => rng.uniform(-1, 1));
  const each = size / SAMPLES;
  const y = Float32Array.from({ length: SAMPLES }, (_, i) => (x[i * each]! > (words ? 10 : 0) ? 1 : 0));
  return { x: { data: x, shape: [SAMPLES, ...shape] }, y: { data: y, shape: [SAMPLES, 1] } };
}

const kernels = createKernels({ threads: 1 });
const registry = createRegistry([layers, kernels]);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-wrappers-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await kernels.stop();
});

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend, { fallback: false }));

  test.each(Object.entries(TASKS))('%s', async (name, task) => {
    const before = tf.memory().numTensors;
    const { x, y } = dataOf(task);
    const inside = [...task.inside(), flatten(), dense({ units: 1, activation: 'sigmoid' })];
    const model = sequential(inside, { registry, seed: 1, inputShape: task.shape });
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    model.optimizer.learningRate = 0.02;
    const start = (await model.evaluate(x, y)).loss;
    await model.fit(x, y, { epochs: 15, batchSize: 9 });
    const figures = await model.evaluate(x, y);
    expect(figures.loss).toBeLessThan(0.7 * start);
    const sequences = model.kernels.filter(({ op }) => op !== 'dense.product');
    const fused = sequences.filter(({ route }) => route === 'fused').map(({ path }) => path);
    expect(fused.filter((path) => path !== 'optimizer')).toEqual(task.fused);

    const path = join(folder, `${backend} ${name}.safetensors`);
    await saveModel(model, path);
    const loaded = await loadModel(path, { registry });
    expect(await loaded.evaluate(x, y)).toEqual(figures);
    expect(await loaded.weightsSha256()).toBe(await model.weightsSha256());
    loaded.dispose();
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

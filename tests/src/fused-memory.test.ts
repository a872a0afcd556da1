// Training with fused kernels keeps neither tensors nor memory: what a step takes, it gives back.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { dense, embedding, layers, simpleRNN } from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

test.each(['cpu', 'wasm'] as const)(
  'a hundred steps on %s leave tensors and the kernels’ memory as they were',
  async (backend) => {
    await useBackend(backend);
    const kernels = createKernels();
    const registry = createRegistry([layers, kernels]);
    const before = tf.memory().numTensors;
    const model = sequential(
      [
        embedding({ inputDim: 50, outputDim: 6 }),
        simpleRNN({ units: 7 }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
      { registry, seed: 1, fused: 'auto' },
    );
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const rng = createRng(2);
    const x = { data: Int32Array.from({ length: 9 * 13 }, () => rng.int(50)), shape: [9, 13] };
    const y = { data: Float32Array.from({ length: 9 }, () => rng.int(2)), shape: [9] };
    for (let step = 0; step < 10; step++) await model.trainOnBatch(x, y);
    const { numTensors } = tf.memory();
    const { inUse, total } = kernels.memory();
    expect(inUse, 'the table and its slots stay in the kernels’ memory').toBeGreaterThanOrEqual(
      3 * 50 * 6 * 4,
    );
    for (let step = 0; step < 100; step++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(kernels.memory()).toEqual({ inUse, total });
    expect(model.kernels.find(({ op }) => op === 'simpleRNN.sequence')?.route).toBe('fused');
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(kernels.memory().inUse).toBe(0);
  },
);

// Training with fused kernels keeps neither tensors nor memory: what a step takes, it gives back.
// OSTINATO_SOAK_STEPS=2000 makes it as long as you like.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng, type Layer } from '@ostinato/core';
import { createKernels } from '@ostinato/kernels';
import { bidirectional, dense, embedding, gru, layers, lstm, simpleRNN } from '@ostinato/layers';
import { sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';

const STEPS = Number(process.env.OSTINATO_SOAK_STEPS ?? 100);

const recurrent: Record<string, () => Layer> = {
  SimpleRNN: () => simpleRNN({ units: 7 }),
  LSTM: () => lstm({ units: 7 }),
  GRU: () => gru({ units: 7 }),
  'GRU, reset before': () => gru({ units: 7, resetAfter: false }),
  'LSTM with dropout': () => lstm({ units: 7, dropout: 0.2 }),
  'SimpleRNN with recurrent dropout': () => simpleRNN({ units: 7, recurrentDropout: 0.2 }),
  'LSTM with both dropouts': () => lstm({ units: 7, dropout: 0.2, recurrentDropout: 0.3 }),
  'GRU with both dropouts': () => gru({ units: 7, dropout: 0.2, recurrentDropout: 0.3 }),
  'LSTM both ways': () => bidirectional({ layer: lstm({ units: 7 }) }),
};
const cases = Object.keys(recurrent).flatMap((name) => [
  { name, backend: 'cpu', maskZero: name === 'LSTM' } as const,
  { name, backend: 'wasm', maskZero: name === 'GRU' } as const,
]);

test.each(cases)(
  `${STEPS} steps of $name on $backend leave tensors and the kernels’ memory as they were`,
  { timeout: 20_000 + 60 * STEPS },
  async ({ name, backend, maskZero }) => {
    await useBackend(backend);
    const kernels = createKernels({ threads: 2 });
    const registry = createRegistry([layers, kernels]);
    const before = tf.memory().numTensors;
    const model = sequential(
      [
        embedding({ inputDim: 50, outputDim: 6, maskZero }),
        recurrent[name]!(),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
      { registry, seed: 1, fused: 'auto' },
    );
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
    const rng = createRng(2);
    const x = { data: Int32Array.from({ length: 17 * 13 }, () => rng.int(50)), shape: [17, 13] };
    const y = { data: Float32Array.from({ length: 17 }, () => rng.int(2)), shape: [17] };
    for (let step = 0; step < 10; step++) await model.trainOnBatch(x, y);
    const { numTensors } = tf.memory();
    const { inUse, total } = kernels.memory();
    expect(inUse, 'the table and its slots stay in the kernels’ memory').toBeGreaterThanOrEqual(
      3 * 50 * 6 * 4,
    );
    for (let step = 0; step < STEPS; step++) await model.trainOnBatch(x, y);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(kernels.memory()).toEqual({ inUse, total });
    const used: unknown[] = [];
    const onEpochEnd = (epoch: number): void => {
      if (epoch === 9 || epoch === STEPS - 1) used.push([tf.memory().numTensors, kernels.memory()]);
    };
    const { replayed } = await model.fit(x, y, { epochs: STEPS, batchSize: 17, callbacks: [{ onEpochEnd }] });
    expect(replayed, 'all but the first, which is recorded, and the second, which is compared').toBe(
      STEPS - 2,
    );
    expect(used[0]).toEqual(used[1]);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(kernels.memory().inUse).toBe(inUse);
    expect(model.kernels.find(({ op }) => op.endsWith('.sequence'))?.route).toBe('fused');
    model.dispose();
    expect(tf.memory().numTensors).toBe(before);
    expect(kernels.memory().inUse).toBe(0);
    await kernels.stop();
  },
);

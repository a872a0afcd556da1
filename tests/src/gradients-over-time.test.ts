// What gradientReport says of recurrent layers: the gradient of their input at each step.
import { useBackend } from '@ostinato/backend';
import { createRegistry, type Registry } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { bidirectional, dense, embedding, layers, lstm, simpleRNN } from '@ostinato/layers';
import { gradientReport, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';

const STEPS = 9;
const ids = [
  [1, 2, 3, 1, 2, 3, 1, 2, 3],
  [3, 3, 1, 1, 2, 2, 3, 1, 1],
];
const y = [1, 0];

beforeAll(async () => {
  await useBackend('wasm');
});

describe.each([
  ['reference', () => createRegistry([layers]) as unknown as Registry],
  ['fused', () => createRegistry([layers, kernels]) as unknown as Registry],
])('%s', (_, registry) => {
  test.each([
    [0.5, 'fine'],
    [0.05, 'vanishing'],
    [6, 'exploding'],
  ] as const)('a linear recurrence of %d: it is in the norms, step by step', async (factor, verdict) => {
    const rnn = simpleRNN({ units: 3, activation: 'linear', name: 'rnn' });
    const model = sequential([rnn, dense({ units: 1 })], { registry: registry(), seed: 2 });
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    model.build([null, STEPS, 2]);
    const weights = await model.getWeights();
    const diagonal = Float32Array.from({ length: 9 }, (_, i) => (i % 4 === 0 ? factor : 0));
    const values = weights.map(({ name, shape, data }) => ({
      shape: [...shape],
      data: name === 'rnn/recurrentKernel' ? diagonal : data,
    }));
    await model.setWeights(values as never);
    const x = {
      data: Float32Array.from({ length: 2 * STEPS * 2 }, (_, i) => ((i * 7) % 5) / 1e4),
      shape: [2, STEPS, 2],
    };
    const tensors = tf.memory().numTensors;
    const report = await gradientReport(model, x, y, { explodingNorm: 1e9 });
    expect(tf.memory().numTensors).toBe(tensors);
    const found = report.layers.find(({ path }) => path === 'rnn')!;
    const { norms, ratio } = found.overTime!;
    expect(norms.length).toBe(STEPS);
    for (let step = 1; step < STEPS; step++)
      expect(norms[step - 1]! / norms[step]! / factor).toBeCloseTo(1, 4);
    expect(ratio / factor ** (STEPS - 1)).toBeCloseTo(1, 3);
    expect(found.verdict).toBe(verdict);
    model.dispose();
  });

  test('behind an embedding with a mask, and in a wrapper', async () => {
    const model = sequential(
      [
        embedding({ inputDim: 4, outputDim: 3, maskZero: true }),
        bidirectional({ layer: lstm({ units: 2, returnSequences: true }), name: 'both' } as never),
        lstm({ units: 2, name: 'last' }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
      { registry: registry(), seed: 2 },
    );
    model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
    const padded = ids.map((row) => [0, 0, ...row.slice(2)]);
    const report = await gradientReport(model, padded, y);
    expect(report.layers.map(({ path }) => path)).toEqual(['embedding', 'both', 'last', 'dense']);
    for (const { path, overTime } of report.layers.slice(1, 3)) {
      expect([path, overTime!.norms.slice(0, 2)]).toEqual([path, [0, 0]]); // masked steps
      expect(overTime!.norms.slice(2).every((norm) => norm > 0)).toBe(true);
    }
    expect(report.layers[0]!.overTime).toBeUndefined();
    model.dispose();
  });

  test('the states of a stateful layer are as they were', async () => {
    const model = sequential(
      [embedding({ inputDim: 4, outputDim: 3 }), lstm({ units: 2, stateful: true }), dense({ units: 1 })],
      { registry: registry(), seed: 2 },
    );
    model.compile({ optimizer: 'adam', loss: 'mse' });
    const next = async (look: boolean) => {
      model.resetStates();
      tf.dispose(await model.predictOnBatch(ids));
      if (look) await gradientReport(model, ids, y);
      const out = await model.predictOnBatch(ids);
      const values = [...out.dataSync()];
      out.dispose();
      return values;
    };
    expect(await next(true)).toEqual(await next(false));
    model.dispose();
  });
});

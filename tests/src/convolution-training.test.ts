// A model of convolution, pooling, normalization and noise in training: it learns, on cpu and wasm alike, and leaks nothing.
import { useBackend } from '@ostinato/backend';
import { createRegistry, createRng } from '@ostinato/core';
import {
  averagePooling1d,
  batchNormalization,
  conv1d,
  dense,
  gaussianNoise,
  globalAveragePooling1d,
  globalMaxPooling1d,
  layerNormalization,
  layers,
  masking,
  maxPooling1d,
  permute,
  repeatVector,
  reshape,
  spatialDropout1d,
} from '@ostinato/layers';
import { type Sequential, sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';

const registry = createRegistry([layers]);
const BACKENDS = ['cpu', 'wasm'] as const;
const [SAMPLES, STEPS, FEATURES] = [48, 11, 3];

/** Sequences, with padding of zeros behind half of them, and whether the first feature rises on the whole. */
function task() {
  const rng = createRng(11);
  const x = new Float32Array(SAMPLES * STEPS * FEATURES);
  const y = new Float32Array(SAMPLES);
  for (let sample = 0; sample < SAMPLES; sample++) {
    y[sample] = sample % 3 === 0 ? 1 : 0;
    const length = sample % 2 === 0 ? STEPS : STEPS - 4;
    for (let step = 0; step < length; step++) {
      const at = (sample * STEPS + step) * FEATURES;
      x[at] = (y[sample] ? 1 : -1) * (step / STEPS - 0.4) + rng.uniform(-0.2, 0.2);
      x[at + 1] = rng.uniform(-1, 1);
      x[at + 2] = rng.uniform(-1, 1);
    }
  }
  return { x: { data: x, shape: [SAMPLES, STEPS, FEATURES] }, y: { data: y, shape: [SAMPLES, 1] } };
}

function model(): Sequential {
  const made = sequential(
    [
      masking(),
      batchNormalization({ momentum: 0.8 }),
      gaussianNoise({ stddev: 0.05 }),
      conv1d({ filters: 6, kernelSize: 3, padding: 'causal', activation: 'relu' }),
      maxPooling1d({ poolSize: 3, strides: 2, padding: 'same' }),
      conv1d({ filters: 4, kernelSize: 2, padding: 'same', groups: 2 }),
      layerNormalization(),
      spatialDropout1d({ rate: 0.1 }),
      averagePooling1d({ strides: 1 }),
      permute({ dims: [2, 1] }),
      reshape({ targetShape: [-1] }),
      dense({ units: 4, activation: 'tanh' }),
      repeatVector({ n: 3 }),
      globalAveragePooling1d(),
      reshape({ targetShape: [-1, 2] }),
      globalMaxPooling1d(),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    { registry, seed: 3, inputShape: [STEPS, FEATURES] },
  );
  made.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  made.optimizer.learningRate = 0.02;
  return made;
}

async function weightsAfter(backend: 'cpu' | 'wasm', epochs: number): Promise<Float32Array[]> {
  await useBackend(backend, { fallback: false });
  const { x, y } = task();
  const trained = model();
  await trained.fit(x, y, { epochs, batchSize: 10 });
  const weights = (await trained.getWeights()).map(({ data }) => data);
  trained.dispose();
  return weights;
}

describe.each(BACKENDS)('on %s', (backend) => {
  test('it learns, the same run gives the same bits, and tensors and memory stay as they were', async () => {
    await useBackend(backend, { fallback: false });
    const { x, y } = task();
    const [first, second] = [model(), model()];
    await first.fit(x, y, { epochs: 2, batchSize: 10 });
    const { numTensors, numBytes } = tf.memory();
    const history = await first.fit(x, y, { epochs: 12, batchSize: 10 });
    expect(tf.memory()).toMatchObject({ numTensors, numBytes });
    expect(history.epochs.at(-1)!.loss).toBeLessThan(0.5 * history.epochs[0]!.loss);
    expect((await first.evaluate(x, y)).accuracy).toBeGreaterThan(0.9);
    await second.fit(x, y, { epochs: 2, batchSize: 10 });
    await second.fit(x, y, { epochs: 12, batchSize: 10 });
    expect(await second.weightsSha256()).toBe(await first.weightsSha256());
    first.dispose();
    second.dispose();
  });

  test('a failed step in the middle of a run leaves the last good weights, moving averages among them', async () => {
    await useBackend(backend, { fallback: false });
    const { x, y } = task();
    const trained = model();
    let last = '';
    const onBatchBegin = async (): Promise<void> => {
      last = await trained.weightsSha256();
    };
    const spoilt = { ...x, data: Float32Array.from(x.data) };
    spoilt.data[25 * STEPS * FEATURES] = Number.NaN; // in the third batch
    const options = { batchSize: 10, shuffle: false, callbacks: [{ onBatchBegin }] };
    await expect(trained.fit(spoilt, y, options)).rejects.toThrow(/batch 3 of 5.*\(loss-nan\)/);
    expect(await trained.weightsSha256()).toBe(last);
    expect((await trained.getWeights()).every(({ data }) => data.every(Number.isFinite))).toBe(true);
    await trained.fit(x, y, options);
    trained.dispose();
  });
});

test('cpu and wasm come to the same weights', async () => {
  const [cpu, wasm] = [await weightsAfter('cpu', 3), await weightsAfter('wasm', 3)];
  cpu.forEach((values, i) => {
    values.forEach((value, k) => {
      expect(Math.abs(value - wasm[i]![k]!), `weight ${i}, value ${k}`).toBeLessThan(1e-3);
    });
  });
});

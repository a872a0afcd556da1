// Short tasks, in seconds: LSTM and GRU remember where a SimpleRNN of the same size does not.
import { useBackend } from '@ostinato/backend';
import { createRegistry, type Registry } from '@ostinato/core';
import { kernels } from '@ostinato/kernels';
import { layers } from '@ostinato/layers';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { trainOne } from './compare.js';
import { TASKS } from './tasks.js';

const registry = createRegistry([layers, kernels]) as unknown as Registry;
const recipe = {
  units: 32,
  batchSize: 32,
  stepsPerEpoch: 100,
  epochs: 8,
  learningRate: 0.005,
  clipNorm: null,
  seed: 1,
};

beforeAll(async () => {
  await useBackend('wasm');
});

test.each(['LSTM', 'GRU'] as const)('%s solves the adding problem of 30 steps', async (layer) => {
  const before = tf.memory().numTensors;
  const outcome = await trainOne(layer, TASKS.adding(30), recipe, registry);
  expect(outcome.verdict).toBe('solved');
  expect(outcome.loss).toBeLessThan(0.1 / 6);
  expect(outcome.steps).toBeLessThan(800);
  expect(outcome.route).toBe('fused');
  expect(tf.memory().numTensors).toBe(before);
});

test('SimpleRNN does no better than a model without memory', async () => {
  const { ofBaseline, steps, verdict } = await trainOne('SimpleRNN', TASKS.adding(30), recipe, registry);
  expect(ofBaseline).toBeGreaterThan(0.95);
  expect(steps).toBe(800);
  expect(verdict).toBe('no better than without memory');
});

test('a copy task of 5 steps is solved by a SimpleRNN, whose first recurrent weights keep lengths', async () => {
  const longer = { ...recipe, units: 64, batchSize: 64, learningRate: 0.01 };
  const { verdict, loss, steps } = await trainOne('SimpleRNN', TASKS.copy(5), longer, registry);
  expect(verdict).toBe('solved');
  expect(loss).toBeLessThan(0.1 * TASKS.copy(5).baseline);
  expect(steps).toBeLessThan(800);
});

/** Data and models that the tests share. */
import { createRng } from '@ostinato/core';
import type { SequentialOptions } from '../model/model-options.js';
import { type Sequential, sequential } from '../sequential.js';
import { dense, embedding, meanOverSteps, testRegistry } from './test-layers.js';

export const STEPS = 5;
export const WORDS = 12;

/** Rows of word ids; the label is 1 when most of them are large. */
export function wordTask(count: number): { x: { data: Int32Array; shape: number[] }; y: Float32Array } {
  const rng = createRng(9);
  const data = Int32Array.from({ length: count * STEPS }, () => rng.int(WORDS));
  const y = new Float32Array(count);
  for (let row = 0; row < count; row++) {
    const sum = data.subarray(row * STEPS, (row + 1) * STEPS).reduce((a, b) => a + b, 0);
    y[row] = sum > (STEPS * (WORDS - 1)) / 2 ? 1 : 0;
  }
  return { x: { data, shape: [count, STEPS] }, y };
}

/** Embedding → mean over steps → Dense with a sigmoid. */
export function wordModel(options: Partial<SequentialOptions> = {}): Sequential {
  const layers = [
    embedding({ inputDim: WORDS, outputDim: 3 }),
    meanOverSteps(),
    dense({ units: 1, activation: 'sigmoid' }),
  ];
  return sequential(layers, { registry: testRegistry(), seed: 1, ...options });
}

/** The word model, ready to be trained. */
export function compiledWordModel(options: Partial<SequentialOptions> = {}): Sequential {
  const model = wordModel(options);
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'] });
  return model;
}

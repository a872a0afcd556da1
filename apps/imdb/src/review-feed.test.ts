import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { layers } from '@ostinato/layers';
import type { Sequential } from '@ostinato/training';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createModel } from './recipe.js';
import { evaluateReviews, fitReviews, judgeReviews, withoutPadding } from './review-feed.js';
import { THRESHOLD } from './test-verdicts.js';

const signal = new AbortController().signal;
const lengths = [5, 1, 7, 2, 7, 3, 6, 4, 0, 2];
const STEPS = 7;

/** Reviews of those lengths, padded in front; what is in a review follows from its row. */
function reviews() {
  const data = new Int32Array(lengths.length * STEPS);
  for (const [row, length] of lengths.entries()) {
    for (let k = 0; k < length; k++) data[(row + 1) * STEPS - length + k] = 1 + ((3 * row + 2 * k) % 19);
  }
  const y = Float32Array.from(lengths, (_, row) => (row % 3 === 0 ? 1 : 0));
  return {
    x: { data, shape: [lengths.length, STEPS] as const },
    y: { data: y, shape: [lengths.length] as const },
  };
}

function masking(): Sequential {
  const sizes = { numWords: 20, embedding: 4, units: 3, maxLen: STEPS, seed: 3 };
  return createModel({ model: 'gru', ...sizes, fused: 'auto', bucket: true }, createRegistry([layers]));
}

beforeAll(async () => {
  await useBackend('cpu');
});

it('takes padding away, and nothing else', () => {
  const { x } = withoutPadding(reviews());
  expect(Array.from(lengths, (_, i) => x.offsets[i + 1]! - x.offsets[i]!)).toEqual(lengths);
  expect([...x.data.subarray(x.offsets[1], x.offsets[2])]).toEqual([4]);
  expect([...x.data.subarray(x.offsets[2], x.offsets[3])]).toEqual([7, 9, 11, 13, 15, 17, 19]);
});

describe('a model that masks says the same in batches by length as of padded reviews', () => {
  const padded = { bucket: false, batchSize: 4, signal };
  const bucketed = { bucket: true, batchSize: 4, signal };

  it('loss and accuracy', async () => {
    const model = masking();
    const one = await evaluateReviews(model, reviews(), padded);
    const other = await evaluateReviews(model, reviews(), bucketed);
    expect(other.loss).toBeCloseTo(one.loss, 6);
    expect(other.accuracy).toBe(one.accuracy);
  });

  it('each probability, in the order of the reviews', async () => {
    const model = masking();
    const { probabilities: one } = await judgeReviews(model, reviews(), padded);
    const { probabilities: other } = await judgeReviews(model, reviews(), bucketed);
    expect(new Set(one).size).toBeGreaterThan(5);
    for (const [row, probability] of one.entries()) expect(other[row]).toBeCloseTo(probability, 6);
  });

  it.each([
    ['padded', padded],
    ['bucketed', bucketed],
  ])('and what judges them gives the figures to the bit, of each review once, %s', async (_, how) => {
    const model = masking();
    const figures = await evaluateReviews(model, reviews(), how);
    const forward = vi.spyOn(model.network, 'forward');
    const before = tf.memory().numTensors;
    const found = await judgeReviews(model, reviews(), how);
    expect(tf.memory().numTensors).toBe(before);
    expect(forward.mock.calls.reduce((rows, [[x]]) => rows + x!.shape[0]!, 0)).toBe(lengths.length);
    expect(found.figures).toEqual(figures);
    const right = [...found.probabilities].filter(
      (p, row) => (p > THRESHOLD ? 1 : 0) === reviews().y.data[row],
    );
    expect(right.length / lengths.length).toBeCloseTo(figures.accuracy, 6);
  });

  it('and validates on the same reviews: the last ones', async () => {
    const options = { epochs: 1, validationSplit: 0.3, callbacks: [], seed: 5 };
    const found = await fitReviews(masking(), reviews(), { ...bucketed, ...options, batchSize: 64 });
    const model = masking();
    // One batch of all seven: the order does not matter, so that both ways take the same step.
    const wanted = await fitReviews(model, reviews(), { ...padded, ...options, batchSize: 64 });
    for (const name of ['loss', 'accuracy', 'valLoss', 'valAccuracy']) {
      expect(found.epochs[0]![name]).toBeCloseTo(wanted.epochs[0]![name]!, 5);
    }
  });
});

it('the seed decides the batches', async () => {
  const digests = [];
  for (const seed of [5, 5, 6]) {
    const model = masking();
    const options = { epochs: 2, validationSplit: 0, callbacks: [], seed };
    await fitReviews(model, reviews(), { bucket: true, batchSize: 3, signal, ...options });
    digests.push(await model.weightsSha256());
  }
  expect(digests[1]).toBe(digests[0]);
  expect(digests[2]).not.toBe(digests[0]);
});

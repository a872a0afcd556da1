import { expect, it } from 'vitest';
import { answerShapes, floatingOperations, inputShapes, type Job, jobName, type LayerKind } from './job.js';
import { jobValues } from './job-values.js';

const job = (layer: LayerKind, more: Partial<Job> = {}): Job => ({
  layer,
  batch: 64,
  steps: 500,
  inputSize: 32,
  units: 32,
  sequences: false,
  resetAfter: true,
  ...more,
});

it("counts the products' operations: one gate, four, three; backward twice forward", () => {
  expect(floatingOperations(job('simpleRNN'), 'forward')).toBe(2 * 64 * 500 * 32 * 64);
  expect(floatingOperations(job('lstm'), 'forward')).toBe(4 * 2 * 64 * 500 * 32 * 64);
  expect(floatingOperations(job('gru'), 'train')).toBe(9 * 2 * 64 * 500 * 32 * 64);
  expect(floatingOperations(job('lstm', { inputSize: 5, units: 3 }), 'forward')).toBe(
    2 * 64 * 500 * 4 * 3 * 8,
  );
});

it('has weights in the layout of Keras, and a gradient for each', () => {
  const odd = job('gru', { batch: 2, steps: 7, inputSize: 5, units: 3 });
  expect(inputShapes(odd)).toEqual({
    x: [2, 7, 5],
    seed: [2, 3],
    kernel: [5, 9],
    'recurrent-kernel': [3, 9],
    bias: [2, 9],
  });
  expect(inputShapes({ ...odd, resetAfter: false }).bias).toEqual([9]);
  expect(inputShapes({ ...odd, layer: 'lstm' }).bias).toEqual([12]);
  expect(answerShapes({ ...odd, sequences: true }).output).toEqual([2, 7, 3]);
  expect(answerShapes(odd)['d-bias']).toEqual([2, 9]);
});

it('makes values that are the same every time, differ by name, and fill their shape', () => {
  const small = job('simpleRNN', { batch: 2, steps: 3, inputSize: 4, units: 4 });
  const [kernel, again] = [jobValues(small, 'kernel'), jobValues(small, 'kernel')];
  expect(kernel).toEqual(again);
  expect(kernel).toHaveLength(16);
  expect(jobValues(small, 'recurrent-kernel')[0]! / 0.9).not.toBeCloseTo(kernel[0]!, 3);
  expect(new Set(jobValues(small, 'x')).size).toBe(24);
});

it('is called by the name of Keras', () => {
  expect(jobName(job('simpleRNN', { batch: 1, units: 128 }))).toBe('SimpleRNN B=1 T=500 H=128');
});

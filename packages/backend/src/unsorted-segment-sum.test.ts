import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';

const sum = (x: tf.Tensor, ids: tf.Tensor, count: number): tf.Tensor =>
  tf.unsortedSegmentSum(x, ids as tf.Tensor1D, count);

describe.each(['cpu', 'wasm'] as const)('UnsortedSegmentSum on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('adds rows by segment and leaves empty segments 0', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6, 7, 8], [4, 2]);
    const sums = sum(x, tf.tensor1d([2, 0, 2, 2], 'int32'), 4);
    expect(sums.shape).toEqual([4, 2]);
    expect([...sums.dataSync()]).toEqual([3, 4, 0, 0, 13, 16, 0, 0]);
  });

  it('drops rows whose id is out of range, as TensorFlow does', () => {
    const sums = sum(tf.tensor1d([1, 2, 4, 8]), tf.tensor1d([-1, 3, 1, 99], 'int32'), 3);
    expect([...sums.dataSync()]).toEqual([0, 4, 0]);
  });

  it('takes ids of several axes and rows of several axes', () => {
    const x = tf.reshape(tf.range(0, 24), [2, 2, 3, 2]);
    const sums = sum(x, tf.tensor2d([1, 0, 1, 1], [2, 2], 'int32'), 2);
    expect(sums.shape).toEqual([2, 3, 2]);
    expect([...sums.dataSync()]).toEqual([6, 7, 8, 9, 10, 11, 30, 33, 36, 39, 42, 45]);
  });

  it('keeps whole numbers whole', () => {
    const sums = sum(tf.tensor1d([1, 2, 16777217], 'int32'), tf.tensor1d([0, 1, 1], 'int32'), 2);
    expect(sums.dtype).toBe('int32');
    expect([...sums.dataSync()]).toEqual([1, 16777219]);
  });

  it('takes no rows and rows without values', () => {
    expect([...sum(tf.zeros([0, 2]), tf.tensor1d([], 'int32'), 2).dataSync()]).toEqual([0, 0, 0, 0]);
    expect(sum(tf.zeros([3, 0]), tf.tensor1d([0, 1, 0], 'int32'), 2).shape).toEqual([2, 0]);
  });

  it('adds in ascending order of rows: the same bits each time and on each backend', () => {
    const values = [1e8, 1, -1e8, 1, 3e-3, 1e7];
    const ids = tf.tensor1d(
      values.map(() => 0),
      'int32',
    );
    const inOrder = values.reduce((total, value) => Math.fround(total + Math.fround(value)), 0);
    expect(sum(tf.tensor1d(values), ids, 1).dataSync()[0]).toBe(inOrder);
  });

  it('is the gradient of an embedding of 10,000 words in well under a second', () => {
    const before = tf.memory().numTensors;
    const table = tf.ones([10_000, 32]);
    const ids = tf.tensor2d(
      Int32Array.from({ length: 64 * 50 }, (_, i) => (i * 7919) % 10_000),
      [64, 50],
    );
    const began = performance.now();
    const gradient = tf.grad((t: tf.Tensor) => tf.sum(tf.gather(t, tf.cast(ids, 'int32'))))(table);
    const counts = [...gradient.dataSync()];
    expect(performance.now() - began).toBeLessThan(5_000); // 154,000 with tfjs' kernel on cpu
    expect(counts.reduce((total, value) => total + value, 0)).toBe(64 * 50 * 32);
    tf.dispose([table, ids, gradient]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { withBatch } from './device-batch.js';
import { disposeHostTensor, hostTensor } from './host-tensors.js';

describe.each(['cpu', 'wasm'] as const)('tensors in host memory beside the %s backend', (backend) => {
  beforeAll(() => useBackend(backend));

  test('are the array itself until a kernel moves them', async () => {
    const { numTensors, numBytes } = tf.memory();
    const data = Float32Array.of(1, 2, 3, 4);
    const tensor = hostTensor({ data, shape: [2, 2] });
    expect([tensor.shape, tensor.dtype]).toEqual([[2, 2], 'float32']);
    const read = tensor.dataSync();
    expect(await tensor.data()).toEqual(data);
    read.fill(9); // a copy: the array is somebody else's
    expect([...data]).toEqual([1, 2, 3, 4]);
    const doubled = tf.mul(tensor, 2);
    expect([...doubled.dataSync()]).toEqual([2, 4, 6, 8]);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3, 4]);
    tf.dispose([tensor, doubled]);
    expect([...data]).toEqual([1, 2, 3, 4]);
    expect([tf.memory().numTensors, tf.memory().numBytes]).toEqual([numTensors, numBytes]);
  });

  test('are shared by clones, with values of any kind of number', () => {
    const ids = hostTensor({ data: Int32Array.of(7, 8), shape: [2] });
    const clone = tf.clone(ids);
    ids.dispose();
    expect(clone.dtype).toBe('int32');
    expect([...tf.add(clone, tf.scalar(1, 'int32')).dataSync()]).toEqual([8, 9]);
    expect([...clone.dataSync()]).toEqual([7, 8]);
    clone.dispose();
    expect(() => clone.dataSync()).toThrow();
  });

  test('leave their values to a clone that is kept when the array is used again', () => {
    const data = Float32Array.of(1, 2);
    const [moved, untouched, alone] = [1, 2, 3].map(() => hostTensor({ data, shape: [2] }));
    const kept = [tf.clone(moved!), tf.clone(untouched!)];
    tf.neg(moved!).dispose();
    const { numTensors } = tf.memory();
    for (const tensor of [moved, untouched, alone]) disposeHostTensor(tensor!);
    expect(tf.memory().numTensors).toBe(numTensors - 3);
    data.fill(7);
    if (backend === 'wasm') expect([...kept[0]!.dataSync()]).toEqual([1, 2]); // tfjs' cpu backend shares arrays, too
    expect([...kept[1]!.dataSync()]).toEqual([1, 2]);
    tf.dispose(kept);
  });

  test('are gone with their batch, also when the step fails', async () => {
    const { numTensors } = tf.memory();
    const samples = {
      x: [{ data: Int32Array.of(1, 2), shape: [2, 1] }],
      y: [{ data: Float32Array.of(0, 1), shape: [2, 1] }, null],
      weights: [null, null],
    };
    await withBatch(samples, async ({ x, y, weights }) => {
      expect([x, y, weights].map((tensors) => tensors.map((tensor) => tensor?.dtype))).toEqual([
        ['int32'],
        ['float32', undefined],
        [undefined, undefined],
      ]);
      expect([...x[0]!.dataSync(), ...y[0]!.dataSync()]).toEqual([1, 2, 0, 1]);
    });
    await expect(withBatch(samples, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(tf.memory().numTensors).toBe(numTensors);
  });
});

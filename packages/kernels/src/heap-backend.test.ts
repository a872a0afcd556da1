import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { Heap } from './heap.js';
import { HeapBackend } from './heap-backend.js';

describe.each(['cpu', 'wasm'] as const)('tensors in the heap beside the %s backend', (name) => {
  beforeAll(() => useBackend(name));

  const make = (values: number[]): { storage: HeapBackend; tensor: tf.Tensor } => {
    const storage = new HeapBackend(new Heap());
    const tensor = storage.empty([values.length]);
    storage.heap.floats(storage.addressOf(tensor), values.length).set(values);
    return { storage, tensor };
  };

  test('are read in place, and moved when a tfjs kernel wants them', () => {
    const before = tf.memory();
    const { storage, tensor } = make([1, 2, 3]);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    expect(storage.holds(tensor)).toBe(true);
    const doubled = tf.mul(tensor, 2);
    expect([...doubled.dataSync()]).toEqual([2, 4, 6]);
    expect(storage.holds(tensor)).toBe(false);
    expect(storage.heap.bytesInUse).toBe(0);
    expect([...tensor.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([tensor, doubled]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  test('come back when a kernel asks for their address', () => {
    const storage = new HeapBackend(new Heap());
    const ids = tf.tensor([4, 5, 6, 7], [2, 2], 'int32');
    const start = storage.addressOf(ids);
    expect([...storage.heap.integers(start, 4)]).toEqual([4, 5, 6, 7]);
    expect([...tf.cast(ids, 'float32').dataSync()]).toEqual([4, 5, 6, 7]);
    ids.dispose();
    expect(storage.heap.bytesInUse).toBe(0);
  });

  test('stay where they are when they cannot be moved: a round that failed, or no room', () => {
    const { storage } = make([1]);
    const outside = tf.tensor1d([5, 6, 7]);
    const inUse = storage.heap.bytesInUse;
    storage.heap.beforeAccess = () => {
      throw new Error('a worker trapped');
    };
    expect(() => storage.addressOf(outside)).toThrow('a worker trapped');
    expect(() => storage.write(new Float32Array(3), [3], 'float32')).toThrow('a worker trapped');
    storage.heap.beforeAccess = () => {};
    const allocate = storage.heap.allocate.bind(storage.heap);
    storage.heap.allocate = () => {
      throw new Error('no room');
    };
    expect(() => storage.addressOf(outside)).toThrow('no room');
    storage.heap.allocate = allocate;
    expect([storage.heap.bytesInUse, storage.holds(outside)]).toEqual([inUse, false]);
    expect([...outside.dataSync()]).toEqual([5, 6, 7]);
    expect(storage.heap.floats(storage.addressOf(outside), 3)).toEqual(Float32Array.of(5, 6, 7));
  });

  test('are shared by clones without a copy and freed with the last of them', () => {
    const { storage, tensor } = make([1, 2]);
    const clone = tf.clone(tensor);
    expect(clone.dataId).toBe(tensor.dataId);
    tensor.dispose();
    expect(storage.heap.bytesInUse).toBeGreaterThan(0);
    expect([...clone.dataSync()]).toEqual([1, 2]);
    clone.dispose();
    expect(storage.heap.bytesInUse).toBe(0);
    expect(storage.numDataIds()).toBe(0);
  });

  test('survive a round trip with several owners', () => {
    const { storage, tensor } = make([1, 2]);
    const clone = tf.clone(tensor);
    tf.add(tensor, 1).dispose();
    expect(storage.holds(clone)).toBe(false);
    storage.addressOf(clone);
    expect(storage.refCount(tensor.dataId)).toBe(2);
    tensor.dispose();
    expect([...clone.dataSync()]).toEqual([1, 2]);
    clone.dispose();
    expect(storage.numDataIds()).toBe(0);
  });
});

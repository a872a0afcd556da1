import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';

/** Values kept outside the backends, as a fused kernel keeps its own: never registered with tfjs. */
class ForeignStorage extends tf.KernelBackend {
  readonly held = new Map<object, { values: Float32Array; references: number }>();
  reads = 0;

  tensor(values: number[], shape: number[]): tf.Tensor {
    const dataId = {};
    this.held.set(dataId, { values: Float32Array.from(values), references: 1 });
    return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype: 'float32' }, this);
  }
  override readSync(dataId: object): Float32Array {
    this.reads += 1;
    return this.held.get(dataId)!.values.slice();
  }
  override async read(dataId: object): Promise<Float32Array> {
    return this.readSync(dataId);
  }
  override refCount(dataId: object): number {
    return this.held.get(dataId)?.references ?? 0;
  }
  override incRef(dataId: object): void {
    this.held.get(dataId)!.references += 1;
  }
  override disposeData(dataId: object, force = false): boolean {
    const entry = this.held.get(dataId);
    if (!entry) return true;
    entry.references -= 1;
    if (!force && entry.references > 0) return false;
    this.held.delete(dataId);
    return true;
  }
}

describe.each(['cpu', 'wasm'] as const)('Identity on %s', (backend) => {
  beforeAll(() => useBackend(backend));
  const dataIds = (): number => tf.backend().numDataIds();

  it.each([[[0, 1, 2]], [[2, 0, 1]], [[1, 2, 0]]])('shares the data until the last goes: %j', (order) => {
    const before = { tensors: tf.memory().numTensors, data: dataIds() };
    const x = tf.tensor1d([1, 2, 3]);
    const y = tf.clone(x);
    const copies = [x, y, tf.clone(y)];
    expect(dataIds()).toBe(before.data + 1);
    for (const [k, i] of order.entries()) {
      copies[i]!.dispose();
      for (const j of order.slice(k + 1)) expect([...copies[j]!.dataSync()]).toEqual([1, 2, 3]);
    }
    expect({ tensors: tf.memory().numTensors, data: dataIds() }).toEqual(before);
  });

  it('leaves nothing behind after gradients through clones and reshapes', () => {
    const before = { tensors: tf.memory().numTensors, data: dataIds(), bytes: tf.memory().numBytes };
    const x = tf.tensor1d([1, -2, 3, 4, 5, -6]);
    const chain = (v: tf.Tensor): tf.Tensor => {
      const a = tf.reshape(tf.clone(v), [2, 3]);
      const b = tf.clone(tf.reshape(tf.square(a), [3, 2]));
      return tf.sum(tf.mul(tf.reshape(b, [6]), tf.clone(v)));
    };
    const gradient = tf.grad(chain)(x);
    expect([...gradient.dataSync()]).toEqual([3, 12, 27, 48, 75, 108]);
    expect([...x.dataSync()]).toEqual([1, -2, 3, 4, 5, -6]);
    tf.dispose([x, gradient]);
    expect({ tensors: tf.memory().numTensors, data: dataIds(), bytes: tf.memory().numBytes }).toEqual(before);
  });

  it('clones strings too', () => {
    const x = tf.tensor1d(['a', 'b']);
    const y = tf.clone(x);
    x.dispose();
    expect(y.dataSync()).toEqual(['a', 'b']);
    y.dispose();
  });

  describe('values in a storage of their own', () => {
    it('stay there when cloned', () => {
      const storage = new ForeignStorage();
      const before = dataIds();
      const x = storage.tensor([1, 2, 3], [3]);
      const y = tf.clone(x);
      expect([storage.refCount(x.dataId), storage.reads, dataIds()]).toEqual([2, 0, before]);
      x.dispose();
      expect([...y.dataSync()]).toEqual([1, 2, 3]);
      y.dispose();
      expect([storage.held.size, dataIds()]).toEqual([0, before]);
    });

    it('stay there when the tape saves them', () => {
      const storage = new ForeignStorage();
      const before = { tensors: tf.memory().numTensors, data: dataIds() };
      const seen: number[] = [];
      const double = tf.customGrad((_, save) => {
        const output = storage.tensor([2, 4, 6], [3]);
        (save as (tensors: tf.Tensor[]) => void)([output]);
        return {
          value: output,
          gradFunc: (dy, saved) => {
            seen.push(storage.refCount((saved as tf.Tensor[])[0]!.dataId), storage.reads);
            return tf.mul(dy as tf.Tensor, 2);
          },
        };
      }) as (x: tf.Tensor) => tf.Tensor;
      const x = tf.tensor1d([1, 2, 3]);
      const gradient = tf.grad((v) => double(v))(x);
      expect([...gradient.dataSync()]).toEqual([2, 2, 2]);
      expect(seen[1]).toBe(0);
      expect(seen[0]).toBeGreaterThan(1);
      tf.dispose([x, gradient]);
      expect(storage.held.size).toBe(0);
      expect({ tensors: tf.memory().numTensors, data: dataIds() }).toEqual(before);
    });

    it('move to the backend when one of its kernels reads them, clones and all', () => {
      const storage = new ForeignStorage();
      const before = { tensors: tf.memory().numTensors, data: dataIds() };
      const x = storage.tensor([1, 2, 3, 4], [2, 2]);
      const y = tf.clone(x);
      const total = tf.tidy(() => tf.sum(tf.reshape(y, [4])));
      const square = tf.matMul(x as tf.Tensor2D, y as tf.Tensor2D);
      expect([total.dataSync()[0], ...square.dataSync()]).toEqual([10, 7, 10, 15, 22]);
      expect(storage.held.size).toBe(0);
      x.dispose();
      expect([...y.dataSync()]).toEqual([1, 2, 3, 4]);
      const late = tf.clone(y);
      y.dispose();
      expect([...late.dataSync()]).toEqual([1, 2, 3, 4]);
      tf.dispose([late, total, square]);
      expect({ tensors: tf.memory().numTensors, data: dataIds() }).toEqual(before);
    });
  });
});

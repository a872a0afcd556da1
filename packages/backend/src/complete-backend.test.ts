import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { completeBackend } from './complete-backend.js';
import { useBackend } from './use-backend.js';

describe('completeBackend', () => {
  it('changes nothing when called again', async () => {
    await useBackend('wasm');
    const kernels = () => completeBackend('wasm').map((name) => tf.getKernel(name, 'wasm').kernelFunc);
    const gradients = () => ['Add', 'Identity', 'GatherV2'].map((name) => tf.getGradient(name));
    const warn = vi.spyOn(console, 'warn');
    expect(kernels()).toEqual(kernels());
    expect(gradients()).toEqual(gradients());
    expect(warn).not.toHaveBeenCalled();
  });

  it('gives gradients alone to a backend that it does not know', () => {
    expect(completeBackend('webgpu')).toEqual([]);
  });
});

describe.each(['cpu', 'wasm'] as const)('products on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it.each([
    [false, false],
    [true, false],
    [false, true],
    [true, true],
  ])('fused with a bias and 100 columns, transposed %s and %s', (transposeA, transposeB) => {
    const before = { ...tf.memory(), data: tf.backend().numDataIds() };
    tf.tidy(() => {
      const a = tf.reshape(
        tf.sin(tf.range(0, 2 * 300)),
        transposeA ? [2, 100, 3] : [2, 3, 100],
      ) as tf.Tensor3D;
      const b = tf.reshape(
        tf.cos(tf.range(0, 2 * 500)),
        transposeB ? [2, 5, 100] : [2, 100, 5],
      ) as tf.Tensor3D;
      const bias = tf.tensor1d([1, -2, 3, 4, 5]);
      const wanted = tf.add(product(a, b, transposeA, transposeB), bias);
      const activated = tf.fused.matMul({ a, b, transposeA, transposeB, bias, activation: 'relu' });
      expect(tf.max(tf.abs(tf.sub(activated, tf.relu(wanted)))).dataSync()[0]).toBeLessThan(1e-4);
      const fused = tf.fused.matMul({ a, b, transposeA, transposeB, bias });
      const plain = tf.add(tf.matMul(a, b, transposeA, transposeB), bias);
      expect(tf.max(tf.abs(tf.sub(fused, wanted))).dataSync()[0]).toBeLessThan(1e-4);
      expect(tf.max(tf.abs(tf.sub(plain, wanted))).dataSync()[0]).toBeLessThan(1e-4);
    });
    expect({ ...tf.memory(), data: tf.backend().numDataIds() }).toEqual(before);
  });

  it('accumulates along an axis counted from the end', () => {
    const x = tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3]);
    expect([...tf.cumsum(x, -1).dataSync()]).toEqual([1, 3, 6, 4, 9, 15]);
    expect([...tf.cumprod(x, -1).dataSync()]).toEqual([1, 2, 6, 4, 20, 120]);
    expect([...tf.cumsum(x, -2).dataSync()]).toEqual([1, 2, 3, 5, 7, 9]);
  });
});

/** Σₖ aᵢₖ·bₖⱼ by broadcasting. */
function product(a: tf.Tensor, b: tf.Tensor, transposeA: boolean, transposeB: boolean): tf.Tensor {
  const rows = transposeA ? tf.transpose(a, [0, 2, 1]) : a;
  const columns = transposeB ? b : tf.transpose(b, [0, 2, 1]);
  return tf.sum(tf.mul(tf.expandDims(rows, 2), tf.expandDims(columns, 1)), -1);
}

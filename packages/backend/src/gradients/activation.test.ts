// What finite differences cannot say: the slopes at kinks, as TensorFlow 2.21 has them.
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, test } from 'vitest';
import { useBackend } from '../use-backend.js';

const CASES: readonly [name: string, f: (x: tf.Tensor) => tf.Tensor, at: number, slope: number][] = [
  ['relu', tf.relu, 0, 0],
  ['relu6', tf.relu6, 0, 0],
  ['relu6', tf.relu6, 6, 0],
  ['leakyRelu', (x) => tf.leakyRelu(x, 0.2), 0, 0.2],
  ['elu', tf.elu, 0, 1],
  ['selu', tf.selu, 0, 1.05070098735548],
];

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  test.each(CASES)('the slope of %s (%#)', async (_name, f, at, slope) => {
    await useBackend(backend);
    const [found] = tf
      .grad(f)(tf.tensor([at]))
      .dataSync();
    expect(found).toBeCloseTo(slope, 6);
  });
});

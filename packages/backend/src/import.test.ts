import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import * as backend from './index.js';

it('registers nothing when it is imported', () => {
  expect(Object.keys(backend).sort()).toEqual([
    'completeBackend',
    'cpuAdapter',
    'hasSimd',
    'trainable',
    'useBackend',
    'wasmAdapter',
  ]);
  expect(tf.engine().backendNames()).toEqual([]);
  expect([...tf.getKernelsForBackend('cpu'), ...tf.getKernelsForBackend('wasm')]).toEqual([]);
  expect(tf.getGradient('Add')).toBeUndefined();
});

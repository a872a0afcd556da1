import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { hostTensor } from './data/host-tensors.js';
import { valuesOf } from './values-of.js';

test.each(['cpu', 'wasm'] as const)('on %s values are there at once', async (backend) => {
  await useBackend(backend);
  const sum = valuesOf(tf.add(tf.tensor1d([1, 2]), 1));
  expect(sum).toEqual(Float32Array.of(2, 3));
  expect(valuesOf(hostTensor({ data: Int32Array.of(4), shape: [1] }))).toEqual(Int32Array.of(4));
});

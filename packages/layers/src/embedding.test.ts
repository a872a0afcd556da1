// The mask that an embedding makes of its ids, for every backend and type of ids.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { embedding } from './embedding.js';

describe.each(['cpu', 'wasm'] as const)('on the %s backend', (name) => {
  beforeAll(() => useBackend(name));

  test.each([
    ['int32', [0, 3, -1, 0, 7, 0]],
    ['float32', [0, 3, Number.NaN, -0, 1e-40, 0]],
    ['bool', [0, 1, 1, 0, 1, 0]],
  ] as const)('ids of %s are padding where they are zero', (dtype, values) => {
    const layer = embedding({ inputDim: 9, outputDim: 2, maskZero: true });
    tf.tidy(() => {
      const ids = tf.tensor([...values], [2, 3], dtype);
      const [mask] = layer.outputMasks([ids]);
      expect([mask!.dtype, mask!.shape]).toEqual(['bool', [2, 3]]);
      expect([...mask!.dataSync()]).toEqual([0, 1, 1, 0, 1, 0]);
      expect([...mask!.dataSync()]).toEqual([...tf.notEqual(ids, tf.scalar(0, dtype)).dataSync()]);
    });
    layer.dispose();
  });

  test('without maskZero there is none', () => {
    const layer = embedding({ inputDim: 9, outputDim: 2 });
    expect(layer.outputMasks([tf.zeros([2, 3], 'int32')])).toEqual([null]);
    layer.dispose();
  });
});

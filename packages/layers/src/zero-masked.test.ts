// Zeros for masked steps: of outputs over steps and of last outputs, read in either direction.
import { useBackend } from '@ostinato/backend';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { zeroMasked } from './zero-masked.js';

beforeAll(() => useBackend('cpu'));

const MASK = [
  [1, 1, 0],
  [0, 1, 1],
];

test.each([
  ['steps', false, true, [1, 2, 0, 0, 5, 6]],
  ['steps read backwards', true, true, [0, 2, 3, 4, 5, 0]],
  ['the last step', false, false, [0, 2]],
  ['the last step read backwards', true, false, [1, 0]],
] as const)('%s', (_what, goBackwards, returnSequences, expected) => {
  tf.tidy(() => {
    const mask = tf.tensor2d(MASK, [2, 3], 'bool');
    const output = returnSequences ? tf.tensor3d([1, 2, 3, 4, 5, 6], [2, 3, 1]) : tf.tensor2d([1, 2], [2, 1]);
    const zeroed = zeroMasked(output, mask, { goBackwards, returnSequences });
    expect([...zeroed.dataSync()]).toEqual(expected);
    expect(zeroMasked(output, null, { goBackwards, returnSequences })).toBe(output);
  });
});

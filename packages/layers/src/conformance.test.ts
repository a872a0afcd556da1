// Every layer of this package through the conformance suite.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { activationSpec } from './activation.js';
import { denseSpec } from './dense.js';
import { dropoutSpec } from './dropout.js';
import { embeddingSpec } from './embedding.js';
import { flattenSpec } from './flatten.js';
import { gruSpec } from './gru.js';
import { lstmSpec } from './lstm.js';
import { lstmCell } from './lstm-cell.js';
import { maskingSpec } from './masking.js';
import { layers } from './plugin.js';
import { rnn } from './rnn.js';
import { simpleRNNSpec } from './simple-rnn.js';

const registry = createRegistry([layers]);

beforeAll(() => useBackend('cpu'));

const sequences = [[3, 5, 4]];
const CASES = [
  ['Activation', { spec: activationSpec, options: { activation: 'tanh' }, inputShapes: [[3, 5]] }],
  ['Dense', { spec: denseSpec, options: { units: 5, activation: 'sigmoid' }, inputShapes: [[3, 4]] }],
  ['Dense over steps', { spec: denseSpec, options: { units: 3, useBias: false }, inputShapes: sequences }],
  [
    'Dropout',
    { spec: dropoutSpec, options: { rate: 0.3, noiseShape: [null, 1, null] }, inputShapes: sequences },
  ],
  [
    'Embedding',
    {
      spec: embeddingSpec,
      options: { inputDim: 11, outputDim: 3, maskZero: true },
      inputShapes: [[3, 5]],
      inputDtype: 'int32',
    },
  ],
  ['Flatten', { spec: flattenSpec, options: {}, inputShapes: sequences }],
  ['Masking', { spec: maskingSpec, options: { maskValue: -1 }, inputShapes: sequences }],
  ['SimpleRNN', { spec: simpleRNNSpec, recurrent: true, options: { units: 6 }, inputShapes: sequences }],
  [
    'SimpleRNN, everything on',
    {
      spec: simpleRNNSpec,
      recurrent: true,
      options: {
        units: 3,
        activation: 'softsign',
        returnSequences: true,
        returnState: true,
        goBackwards: true,
        recurrentDropout: 0.2,
        dropout: 0.1,
      },
      inputShapes: sequences,
    },
  ],
  [
    'LSTM',
    { spec: lstmSpec, recurrent: true, options: { units: 3, returnSequences: true }, inputShapes: sequences },
  ],
  [
    'GRU',
    { spec: gruSpec, recurrent: true, options: { units: 3, returnState: true }, inputShapes: sequences },
  ],
  [
    'GRU, reset before',
    {
      spec: gruSpec,
      recurrent: true,
      options: { units: 5, resetAfter: false, recurrentDropout: 0.5, kernelRegularizer: 'l2' },
      inputShapes: sequences,
    },
  ],
  [
    'RNN',
    {
      recurrent: true,
      make: () => rnn({ cell: lstmCell({ units: 3 }), zeroOutputForMask: true, returnSequences: true }),
      inputShapes: sequences,
    },
  ],
] as const;

describe('conformance', () => {
  test.each(CASES)('%s', async (_name, options) => {
    const given = { registry, ...options } as unknown as Parameters<typeof testLayer>[0];
    const { checked, skipped } = await testLayer(given);
    expect(checked.length).toBeGreaterThan(8);
    expect(skipped.every(({ reason }) => reason.length > 0)).toBe(true);
    const { reason } = skipped.find(({ check }) => check === 'repetition') ?? {};
    expect([undefined, 'random numbers are drawn']).toContain(reason);
  });
});

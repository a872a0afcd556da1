// Layers made of layers and cells through the conformance suite.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { testLayer } from '@ostinato/testing';
import { beforeAll, describe, expect, test } from 'vitest';
import { bidirectional } from './bidirectional.js';
import { convLstm1d } from './conv-lstm-1d.js';
import { convLstm2d, convLstm2dCell } from './conv-lstm-2d.js';
import { dense } from './dense.js';
import { embedding } from './embedding.js';
import { gru } from './gru.js';
import { gruCell } from './gru-cell.js';
import { lstm } from './lstm.js';
import { lstmCell } from './lstm-cell.js';
import { layers } from './plugin.js';
import { rnn } from './rnn.js';
import { simpleRNNCell } from './simple-rnn-cell.js';
import { stackedRNNCells } from './stacked-rnn-cells.js';
import { timeDistributed } from './time-distributed.js';

const registry = createRegistry([layers]);

beforeAll(() => useBackend('cpu'));

const inputShapes = [[3, 5, 4]];
const CASES = [
  [
    'Bidirectional',
    { recurrent: true, make: () => bidirectional({ layer: lstm({ units: 3 }) }), inputShapes },
  ],
  [
    'Bidirectional, two GRUs',
    {
      recurrent: true,
      make: () =>
        bidirectional({
          layer: gru({ units: 3, returnSequences: true, returnState: true, dropout: 0.2 }),
          backwardLayer: gru({ units: 3, returnSequences: true, returnState: true, goBackwards: true }),
          mergeMode: null,
        }),
      inputShapes,
    },
  ],
  [
    'Bidirectional, a stack of cells',
    {
      recurrent: true,
      make: () =>
        bidirectional({
          layer: rnn({
            cell: stackedRNNCells({ cells: [gruCell({ units: 3 }), simpleRNNCell({ units: 2 })] }),
            returnSequences: true,
            stateful: true,
          }),
          mergeMode: 'mul',
        }),
      inputShapes,
    },
  ],
  [
    'StackedRNNCells',
    {
      recurrent: true,
      make: () =>
        rnn({
          cell: stackedRNNCells({
            cells: [
              lstmCell({ units: 3, dropout: 0.2 }),
              gruCell({ units: 5, dropout: 0.3, recurrentDropout: 0.4 }),
              simpleRNNCell({ units: 2, dropout: 0.5 }),
            ],
          }),
          returnSequences: true,
          returnState: true,
          goBackwards: true,
        }),
      inputShapes,
    },
  ],
  [
    'TimeDistributed, dense',
    { make: () => timeDistributed({ layer: dense({ units: 2, activation: 'tanh' }) }), inputShapes },
  ],
  [
    'TimeDistributed, a layer over inner steps',
    {
      make: () => timeDistributed({ layer: gru({ units: 3, returnState: true, dropout: 0.3 }) }),
      inputShapes: [[2, 3, 5, 4]],
      masked: true,
    },
  ],
  [
    'TimeDistributed, embedding',
    {
      make: () => timeDistributed({ layer: embedding({ inputDim: 11, outputDim: 3, maskZero: true }) }),
      inputShapes: [[3, 4, 5]],
      inputDtype: 'int32',
    },
  ],
  [
    'ConvLSTM1D',
    {
      recurrent: true,
      make: () => convLstm1d({ filters: 3, kernelSize: 2, dropout: 0.2, returnSequences: true }),
      inputShapes: [[2, 4, 5, 3]],
    },
  ],
  [
    'ConvLSTM2D, everything on',
    {
      recurrent: true,
      make: () =>
        convLstm2d({
          filters: 2,
          kernelSize: [2, 3],
          strides: [1, 2],
          padding: 'same',
          recurrentDropout: 0.3,
          kernelRegularizer: 'l2',
          biasInitializer: 'ones',
          unitForgetBias: false,
          returnState: true,
          goBackwards: true,
          stateful: true,
        }),
      inputShapes: [[2, 3, 2, 5, 2]],
    },
  ],
  [
    'Bidirectional, ConvLSTM1D',
    {
      recurrent: true,
      make: () => bidirectional({ layer: convLstm1d({ filters: 2, kernelSize: 3, dilationRate: 2 }) }),
      inputShapes: [[2, 3, 6, 2]],
    },
  ],
  [
    'RNN of a ConvLSTM2D cell',
    {
      recurrent: true,
      make: () => rnn({ cell: convLstm2dCell({ filters: 2, kernelSize: 2, useBias: false }) }),
      inputShapes: [[2, 3, 3, 4, 2]],
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

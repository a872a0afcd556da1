// What models, files and kernels rely on, checked by the suite that Ostinato's own layers pass.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { layers, rnn } from '@ostinato/layers';
import { testLayer } from '@ostinato/testing';
import { beforeAll, expect, test } from 'vitest';
import { MGUCell, mguPlugin, mguSpec } from './index.js';

const registry = createRegistry([layers, mguPlugin]);

/** The cell's own: [batch, steps, inputSize] in, `units` wide out. */
const facts = {
  registry,
  inputShapes: [[3, 4, 6]],
  recurrent: true,
} as const;
const params = { kernel: [6, 10], recurrentKernel: [5, 10], bias: [10] };

beforeAll(() => useBackend('cpu'));

test.each([
  ['as it comes', {}, [[null, 5]]],
  [
    'every step and the state',
    { returnSequences: true, returnState: true },
    [
      [null, 4, 5],
      [null, 5],
    ],
  ],
  ['last step first', { goBackwards: true }, [[null, 5]]],
  ['zeros at masked steps', { returnSequences: true, zeroOutputForMask: true }, [[null, 4, 5]]],
])('mgu conforms: %s', async (_name, options, outputShapes) => {
  const { skipped } = await testLayer({
    ...facts,
    spec: mguSpec,
    options: { units: 5, ...options },
    expected: { params, paramCount: 120, outputShapes },
  });
  expect(skipped.map(({ check }) => check)).toEqual(['reference', 'fused and reference']);
});

test('the cell conforms in the general RNN layer', async () => {
  await testLayer({ ...facts, make: () => rnn({ cell: new MGUCell({ units: 5 }) }), expected: { params } });
});

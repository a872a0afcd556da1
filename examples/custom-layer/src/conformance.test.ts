// What models, files and kernels rely on, checked by the suite that Ostinato's own layers pass.
import { useBackend } from '@ostinato/backend';
import { createRegistry } from '@ostinato/core';
import { layers, rnn } from '@ostinato/layers';
import { type PlainTensor, testLayer } from '@ostinato/testing';
import { beforeAll, expect, test } from 'vitest';
import { MGUCell, mguPlugin, mguSpec } from './index.js';

const facts = {
  registry: createRegistry([layers, mguPlugin]),
  inputShapes: [[3, 4, 6]],
  recurrent: true,
} as const;
const params = { kernel: [6, 10], recurrentKernel: [5, 10], bias: [10] };

/** The formula of the paper in plain numbers: the state after the last step. */
function reference(inputs: readonly PlainTensor[], weights: Readonly<Record<string, PlainTensor>>): number[] {
  const { values, shape } = inputs[0]!;
  const [batch, steps, size] = shape as [number, number, number];
  const outputs: number[] = [];
  for (let row = 0; row < batch; row++) {
    let h = Array<number>(5).fill(0);
    for (let t = 0; t < steps; t++) {
      const start = (row * steps + t) * size;
      h = stepInNumbers([...values.subarray(start, start + size)], h, weights);
    }
    outputs.push(...h);
  }
  return outputs;
}

function stepInNumbers(x: number[], h: number[], weights: Readonly<Record<string, PlainTensor>>): number[] {
  const { kernel, recurrentKernel, bias } = weights as Record<keyof typeof params, PlainTensor>;
  const units = h.length;
  const dot = (row: number[], { values }: PlainTensor, column: number): number =>
    row.reduce((sum, value, i) => sum + value * values[i * 2 * units + column]!, 0);
  const f = h.map((_, j) => {
    const sum = dot(x, kernel, j) + dot(h, recurrentKernel, j) + bias.values[j]!;
    return 1 / (1 + Math.exp(-sum));
  });
  const seen = h.map((value, j) => f[j]! * value);
  return h.map((value, j) => {
    const column = units + j;
    const n = Math.tanh(dot(x, kernel, column) + dot(seen, recurrentKernel, column) + bias.values[column]!);
    return (1 - f[j]!) * value + f[j]! * n;
  });
}

beforeAll(() => useBackend('cpu'));

test('mgu conforms, and computes the formula of the paper', async () => {
  const { skipped } = await testLayer({
    ...facts,
    spec: mguSpec,
    options: { units: 5 },
    expected: { params, paramCount: 120, outputShapes: [[null, 5]] },
    reference,
  });
  expect(skipped).toContainEqual({
    check: 'fused and reference',
    reason: 'sequence: plugin-mgu>MGUCell names no fused operation',
  });
});

test.each([
  [
    'with every step and the state',
    { returnSequences: true, returnState: true },
    [
      [null, 4, 5],
      [null, 5],
    ],
  ],
  ['last step first', { goBackwards: true }, [[null, 5]]],
  ['with zeros at masked steps', { returnSequences: true, zeroOutputForMask: true }, [[null, 4, 5]]],
])('mgu conforms %s', async (_name, options, outputShapes) => {
  await testLayer({
    ...facts,
    spec: mguSpec,
    options: { units: 5, ...options },
    expected: { params, outputShapes },
  });
});

test('the cell conforms in the general RNN layer', async () => {
  await testLayer({ ...facts, make: () => rnn({ cell: new MGUCell({ units: 5 }) }), expected: { params } });
});

// Sequences of rows of a table: the fused layers never write the rows, and give what they give for the rows themselves: to the bit,
// but for the gradients that are summed in another order.
import { useBackend } from '@ostinato/backend';
import {
  createRng,
  OstinatoError,
  type SequenceConfig,
  type SequenceInputs,
  type SequenceOutputs,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomMasks } from '../test/plain-masks.js';
import { randomValues } from '../test/random-values.js';
import { embeddingKernel } from './embedding-kernel.js';
import { gruKernel } from './gru-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';
import { sizesOf } from './sequence-blocks.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';
import { withInput } from './table-input.js';

const runtime = new KernelRuntime({ threads: 2 });
const embedding = embeddingKernel(runtime);

beforeAll(async () => {
  await useBackend('wasm');
  await runtime.start();
});
afterAll(() => runtime.stop());

interface Case {
  readonly sizes: readonly [batch: number, steps: number, inputSize: number, units: number, rows: number];
  /** So many rows of the table occur. Default: all. */
  readonly occurring?: number;
  /** The table's values. Default: random ones. */
  readonly rows?: Float32Array;
  readonly useBias?: boolean;
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly masked?: boolean;
  readonly initial?: boolean;
  /** Dropout masks for the states, or for inputs and states. */
  readonly dropout?: 'states' | 'both';
}

interface Layer {
  readonly gates: number;
  readonly states: number;
  readonly biasRows: number;
  run(inputs: SequenceInputs, shared: ReturnType<typeof configOf>): SequenceOutputs;
}

const gates = { recurrentActivation: 'sigmoid' };
const LAYERS: Record<string, Layer> = {
  simpleRNN: {
    ...{ gates: 1, states: 1, biasRows: 1 },
    run: (inputs, config) => simpleRnnKernel(runtime).run(inputs, config),
  },
  lstm: {
    ...{ gates: 4, states: 2, biasRows: 1 },
    run: (inputs, config) => lstmKernel(runtime).run(inputs, { ...config, ...gates }),
  },
  'gru, resetAfter': {
    ...{ gates: 3, states: 1, biasRows: 2 },
    run: (inputs, config) => gruKernel(runtime).run(inputs, { ...config, ...gates, resetAfter: true }),
  },
  'gru, reset before': {
    ...{ gates: 3, states: 1, biasRows: 1 },
    run: (inputs, config) => gruKernel(runtime).run(inputs, { ...config, ...gates, resetAfter: false }),
  },
};

function configOf({ sizes, useBias = true, dropout, ...given }: Case) {
  const [, , inputSize, units] = sizes;
  const { goBackwards = false, returnSequences = false, masked = false } = given;
  const flags = { goBackwards, returnSequences, returnState: false, masked };
  return {
    ...{ inputSize, units, useBias, activation: 'tanh', ...flags },
    recurrentDropout: dropout ? 0.3 : 0,
  };
}

function weightsOf({ gates: count, states, biasRows }: Layer, given: Case) {
  const [batch, steps, inputSize, units, rows] = given.sizes;
  const columns = count * units;
  const of = (seed: number, shape: number[]): tf.Tensor =>
    tf.tensor(
      randomValues(
        shape.reduce((a, b) => a * b),
        seed,
        0.7,
      ),
      shape,
    );
  const rng = createRng(9);
  const ids = Int32Array.from(
    { length: batch * steps },
    () => (37 * rng.int(given.occurring ?? rows)) % rows,
  );
  const masks = (seed: number, width: number): tf.Tensor =>
    tf.tensor(randomMasks(batch * count * width, seed) as Float32Array, [batch, count, width]);
  return {
    table: given.rows ? tf.tensor(given.rows, [rows, inputSize]) : of(1, [rows, inputSize]),
    ids: tf.tensor(ids, [batch, steps], 'int32'),
    kernel: of(2, [inputSize, columns]),
    recurrentKernel: of(3, [units, columns]),
    bias: given.useBias === false ? undefined : of(4, biasRows === 2 ? [2, columns] : [columns]),
    initialStates: given.initial ? Array.from({ length: states }, (_, i) => of(5 + i, [batch, units])) : [],
    mask: given.masked ? tf.cast(tf.tensor(ids, [batch, steps]), 'bool') : undefined,
    stateMasks: given.dropout && masks(7, units),
    inputMasks: given.dropout === 'both' ? masks(8, inputSize) : undefined,
  };
}

interface Found {
  /** The output, and the gradients of x, R, the bias and the initial states. */
  readonly same: readonly Float32Array[];
  readonly dKernel: Float32Array;
  readonly dTable: Float32Array;
}

/** Output and gradients of Σ dy·output; `direct`: x is made of its values beforehand, and the table's gradient is summed up here. */
function runOn(layer: Layer, given: Case, direct: boolean): Found {
  const [batch, steps, inputSize, units, rows] = given.sizes;
  return tf.tidy(() => {
    const { table, ids, ...weights } = weightsOf(layer, given);
    const lookUp = (): tf.Tensor =>
      embedding.run({ table, ids, where: 'test' }, { inputDim: rows, outputDim: inputSize });
    const looked = lookUp();
    const x = direct ? tf.tensor(looked.dataSync().slice(), looked.shape) : looked;
    const { kernel, recurrentKernel, bias, initialStates } = weights;
    const dy = tf.tensor(
      randomValues(batch * units * (given.returnSequences ? steps : 1), 6),
      given.returnSequences ? [batch, steps, units] : [batch, units],
    );
    const wanted = [x, recurrentKernel, ...(bias ? [bias] : []), ...initialStates, kernel];
    const run = (given_: tf.Tensor): tf.Tensor =>
      layer.run({ x: given_, ...weights }, configOf(given)).output;
    const loss = (output: tf.Tensor): tf.Scalar => tf.sum(tf.mul(output, dy)) as tf.Scalar;
    const output = run(x);
    const { grads } = tf.engine().gradients(() => loss(run(x)), wanted);
    const values = [output, ...grads].map((tensor) => tensor.dataSync().slice() as Float32Array);
    const dKernel = values.pop()!;
    if (direct) return { same: values, dKernel, dTable: sumByIds(ids, values[1]!, table) };
    const { grads: ofTable } = tf.engine().gradients(() => loss(run(lookUp())), [table, kernel]);
    const [dTable, again] = ofTable.map((tensor) => tensor.dataSync().slice() as Float32Array);
    expect(again).toEqual(dKernel);
    return { same: values, dKernel, dTable: dTable! };
  });
}

function sumByIds(ids: tf.Tensor, dx: Float32Array, table: tf.Tensor): Float32Array {
  const sums = new Float64Array(table.size);
  const [, width] = table.shape as [number, number];
  ids.dataSync().forEach((id, i) => {
    for (let k = 0; k < width; k++) sums[id * width + k]! += dx[i * width + k]!;
  });
  return Float32Array.from(sums);
}

/** The sums of products may come in another order: that much, of the largest value, may rounding make. */
function expectClose(found: Float32Array, expected: Float32Array): void {
  expect(found).toHaveLength(expected.length);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(largest).toBeGreaterThan(0);
  found.forEach((value, i) => {
    if (!(Math.abs(value - expected[i]!) <= 3e-6 * largest)) expect(value, `at ${i}`).toBe(expected[i]);
  });
}

function expectAlike(found: Found, expected: Found): void {
  expect(found.same).toEqual(expected.same);
  expectClose(found.dKernel, expected.dKernel);
  expectClose(found.dTable, expected.dTable);
}

/** Of which kernels calls were posted while `use` ran, and on how many rows at most; of lookups, how many rows in all. */
function callsIn(use: () => void): readonly (readonly [name: string, rows: number])[] {
  const run = vi.spyOn(runtime, 'run');
  try {
    use();
    return run.mock.calls.map(([name, list]) => {
      if (name === 'embeddingLookup') return [name, list.reduce((sum, call) => sum + call[3]!, 0)];
      return [name, Math.max(...list.map((call) => call.at(-1)!))];
    });
  } finally {
    run.mockRestore();
  }
}

/** How often the rows of all steps were written while `use` ran. */
const lookupsIn = ({ sizes: [batch, steps] }: Case, use: () => void): number =>
  callsIn(use).filter(([name, rows]) => name === 'embeddingLookup' && rows === batch * steps).length;

/** Longer tables than sequences, of which few rows occur. */
const PARTS: readonly [string, Case][] = [
  ['as they come', { sizes: [64, 20, 8, 16, 2000], occurring: 300 }],
  ['in odd sizes', { sizes: [11, 97, 5, 3, 5003], occurring: 101, returnSequences: true, goBackwards: true }],
  [
    'masked, with dropped states',
    { sizes: [13, 83, 5, 6, 700], occurring: 9, masked: true, dropout: 'states' },
  ],
];

const CASES: readonly [string, Case][] = [
  ['as they come', { sizes: [64, 20, 8, 16, 50] }],
  ['in odd sizes', { sizes: [11, 37, 5, 3, 7], returnSequences: true }],
  ['without a bias', { sizes: [9, 18, 9, 9, 12], useBias: false }],
  ['fewer than a tile', { sizes: [3, 19, 5, 7, 4], initial: true }],
  ['one sequence, one unit', { sizes: [1, 5, 4, 1, 2] }],
  ['backwards, all steps', { sizes: [10, 17, 9, 5, 6], goBackwards: true, returnSequences: true }],
  ['masked, from a state', { sizes: [13, 33, 4, 6, 3], masked: true, initial: true, returnSequences: true }],
  ['with dropped states', { sizes: [12, 16, 9, 10, 20], dropout: 'states', masked: true }],
];

test('rows are written where the products of the table would take more room than they may', () => {
  tf.tidy(() => {
    const ids = tf.tensor([0, 1, 2, 0, 1, 2], [2, 3], 'int32');
    const x = embedding.run({ table: tf.ones([3, 4]), ids, where: 'test' }, { inputDim: 3, outputDim: 4 });
    const units = 64 * 1024 * 256;
    const sizes = { ...sizesOf(x, { units: 1 } as SequenceConfig), units, paddedUnits: units };
    const call = { x, inputMasks: undefined, recording: false };
    withInput(runtime, sizes, call, [{ kernel: 0, bias: 0 }], (input) => {
      expect(input).toEqual({ x: runtime.storage.addressOf(x), ids: 0, inputSize: 4 });
    });
  });
  expect(runtime.memory().inUse).toBe(0);
});

test('rows are written where there is no room for the products of the table, and the bits do not change', () => {
  const [, given] = CASES[0]!;
  const expected = runOn(LAYERS.lstm!, given, false);
  const { heap } = runtime.storage;
  const allocate = heap.allocate.bind(heap);
  const [, , inputSize, units, rows] = given.sizes;
  const products = 4 * 4 * rows * units + 4 * 4 * units * (1 + inputSize); // with the panels
  let refused = 0;
  heap.allocate = (size) => {
    if (size !== products) return allocate(size);
    refused++;
    throw new OstinatoError('heap-exhausted', { where: 'test', what: 'There is no room', fix: 'None' });
  };
  try {
    expect(runOn(LAYERS.lstm!, given, false)).toEqual(expected);
    expect(refused).toBe(3); // each way forward
  } finally {
    heap.allocate = allocate;
  }
  expect(runtime.memory().inUse).toBe(0);
});

describe.each(Object.entries(LAYERS))('%s over rows of a table', (_, layer) => {
  test.each(CASES)('%s: no row is written, and all is as it would be', (_, given) => {
    const { numTensors } = tf.memory();
    let found: Found | undefined;
    expect(lookupsIn(given, () => (found = runOn(layer, given, false)))).toBe(0);
    let expected: Found | undefined;
    expect(lookupsIn(given, () => (expected = runOn(layer, given, true)))).toBe(1);
    expectAlike(found!, expected!);
    for (const values of found!.same) expect(values.some((value) => value !== 0)).toBe(true);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(runtime.memory().inUse).toBe(0);
  });

  test.each(PARTS)('%s: of a long table only what occurs is multiplied', (_, given) => {
    let found: Found | undefined;
    const calls = callsIn(() => (found = runOn(layer, given, false)));
    const written = calls.flatMap(([name, rows]) => (name === 'embeddingLookup' ? [rows] : []));
    expect(written.length).toBeGreaterThan(0);
    for (const rows of written) expect(rows).toBeLessThanOrEqual(given.occurring!);
    const forward = calls.flatMap(([name, rows], i) =>
      name === 'gemmRows' && calls[i + 1]![0].endsWith('Forward') ? [rows] : [],
    );
    expect(forward).toHaveLength(3);
    for (const rows of forward) expect(rows).toBeLessThanOrEqual(given.occurring!);
    expectAlike(found!, runOn(layer, given, true));
    expect(runtime.memory().inUse).toBe(0);
  });

  test('in training, what occurs is looked for in short tables, too', () => {
    const given: Case = { sizes: [40, 30, 16, 8, 400], occurring: 70 };
    let found: Found | undefined;
    const calls = callsIn(() => (found = runOn(layer, given, false)));
    const backward = calls.findIndex(([name]) => name.endsWith('Backward'));
    const sums = calls.slice(backward).filter(([name]) => name === 'embeddingGradient');
    expect(sums[0]![1]).toBe(70); // of dz, over the rows that occur
    expectAlike(found!, runOn(layer, given, true));
  });

  test.each([
    ['the table is longer than the sequences', { sizes: [2, 5, 3, 4, 11] }],
    ['each gate sees its own part of x', { sizes: [12, 16, 7, 10, 20], dropout: 'both' }],
  ] as const)('are written where %s', (_, given) => {
    let found: Found | undefined;
    expect(lookupsIn(given, () => (found = runOn(layer, given, false)))).toBe(2); // each made once
    const expected = runOn(layer, given, true);
    expect(found!.same).toEqual(expected.same);
    expect(found!.dKernel).toEqual(expected.dKernel);
    expectClose(found!.dTable, expected.dTable);
    expect(runtime.memory().inUse).toBe(0);
  });

  test('rows that no step names do not count, not even as zero times what they hold', () => {
    const given: Case = { sizes: [12, 16, 4, 6, 20], occurring: 12 };
    const expected = runOn(layer, given, false);
    const rows = tf.tidy(() => {
      const { table, ids } = weightsOf(layer, given);
      const named = new Set(ids.dataSync());
      const values = table.dataSync().slice();
      values.forEach((_, i) => {
        if (!named.has(Math.floor(i / 4))) values[i] = Number.NaN;
      });
      expect(values.some(Number.isNaN)).toBe(true);
      return values as Float32Array;
    });
    expect(runOn(layer, { ...given, rows }, false)).toEqual(expected);
  });

  test('the way back goes over the steps where dz is much wider than x', () => {
    const given: Case = { sizes: [12, 16, 1, 20, 6] };
    const calls = callsIn(() => expectAlike(runOn(layer, given, false), runOn(layer, given, true)));
    expect(calls.map(([name]) => name)).not.toContain('productGradients');
  });

  test('are no less a tensor: read before the way back, or seen by others, too', () => {
    const given: Case = { sizes: [10, 12, 5, 6, 8], returnSequences: true };
    const plain = runOn(layer, given, false);
    const gradientsWith = (use: (x: tf.Tensor) => tf.Scalar | undefined): Float32Array[] =>
      tf.tidy(() => {
        const { table, ids, ...weights } = weightsOf(layer, given);
        const dy = tf.tensor(randomValues(10 * 12 * 6, 6), [10, 12, 6]);
        const loss = (): tf.Scalar => {
          const x = embedding.run({ table, ids, where: 'test' }, { inputDim: 8, outputDim: 5 });
          const { output } = layer.run({ x, ...weights }, configOf(given));
          const more = use(x);
          const sum = tf.sum(tf.mul(output, dy)) as tf.Scalar;
          return more ? tf.add(sum, more) : sum;
        };
        const { grads } = tf.engine().gradients(loss, [table, weights.kernel]);
        return grads.map((tensor) => tensor.dataSync().slice() as Float32Array);
      });
    expect(gradientsWith((x) => void expect(x.dataSync()).toHaveLength(10 * 12 * 5))).toEqual([
      plain.dTable,
      plain.dKernel,
    ]);
    const { ids } = weightsOf(layer, given);
    const [dTable, dKernel] = gradientsWith((x) => tf.sum(x) as tf.Scalar);
    expectClose(dKernel!, plain.dKernel);
    const often = new Float32Array(8);
    for (const id of ids.dataSync()) often[id]!++;
    expectClose(
      dTable!,
      plain.dTable.map((value, i) => value + often[Math.floor(i / 5)]!),
    );
  });
});

// Sequences of rows of a table: the fused layers never write the rows, and give the bits that they give for the rows themselves.
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
    table: of(1, [rows, inputSize]),
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

/** Output and gradients of Σ dy·output, of x first; `direct`: x is made of its values beforehand. */
function runOn(layer: Layer, given: Case, direct: boolean): Float32Array[] {
  const [batch, steps, inputSize, units, rows] = given.sizes;
  return tf.tidy(() => {
    const { table, ids, ...weights } = weightsOf(layer, given);
    const looked = embedding.run({ table, ids, where: 'test' }, { inputDim: rows, outputDim: inputSize });
    const x = direct ? tf.tensor(looked.dataSync().slice(), looked.shape) : looked;
    const { kernel, recurrentKernel, bias, initialStates } = weights;
    const dy = tf.tensor(
      randomValues(batch * units * (given.returnSequences ? steps : 1), 6),
      given.returnSequences ? [batch, steps, units] : [batch, units],
    );
    const wanted = [x, kernel, recurrentKernel, ...(bias ? [bias] : []), ...initialStates];
    const run = (): tf.Tensor => layer.run({ x, ...weights }, configOf(given)).output;
    const output = run();
    const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(run(), dy)) as tf.Scalar, wanted);
    return [output, ...grads].map((tensor) => tensor.dataSync().slice() as Float32Array);
  });
}

/** How often rows were written while `use` ran. */
function lookupsIn(use: () => void): number {
  const run = vi.spyOn(runtime, 'run');
  try {
    use();
    return run.mock.calls.filter(([name]) => name === 'embeddingLookup').length;
  } finally {
    run.mockRestore();
  }
}

/** Longer tables than sequences, of which few rows occur. */
const PARTS: readonly [string, Case][] = [
  ['as they come', { sizes: [64, 20, 8, 16, 2000], occurring: 300 }],
  ['in odd sizes', { sizes: [11, 97, 5, 3, 5003], occurring: 101, returnSequences: true, goBackwards: true }],
  [
    'masked, with dropped states',
    { sizes: [13, 83, 3, 6, 700], occurring: 9, masked: true, dropout: 'states' },
  ],
];

const CASES: readonly [string, Case][] = [
  ['as they come', { sizes: [64, 20, 8, 16, 50] }],
  ['in odd sizes', { sizes: [11, 37, 5, 3, 7], returnSequences: true }],
  ['without a bias', { sizes: [9, 18, 6, 9, 12], useBias: false }],
  ['fewer than a tile', { sizes: [3, 19, 3, 7, 4], initial: true }],
  ['one sequence of single values', { sizes: [1, 5, 1, 1, 2] }],
  ['backwards, all steps', { sizes: [10, 17, 9, 5, 6], goBackwards: true, returnSequences: true }],
  ['masked, from a state', { sizes: [13, 33, 4, 6, 3], masked: true, initial: true, returnSequences: true }],
  ['with dropped states', { sizes: [12, 16, 7, 10, 20], dropout: 'states', masked: true }],
];

test('rows are written where the products of the table would take more room than they may', () => {
  tf.tidy(() => {
    const ids = tf.tensor([0, 1, 2, 0, 1, 2], [2, 3], 'int32');
    const x = embedding.run({ table: tf.ones([3, 4]), ids, where: 'test' }, { inputDim: 3, outputDim: 4 });
    const units = 64 * 1024 * 256;
    const sizes = { ...sizesOf(x, { units: 1 } as SequenceConfig), units, paddedUnits: units };
    withInput(runtime, sizes, { x, inputMasks: undefined }, [{ kernel: 0, bias: 0 }], (input) => {
      expect(input).toEqual({ x: runtime.storage.addressOf(x), ids: 0, inputSize: 4 });
    });
  });
  expect(runtime.memory().inUse).toBe(0);
});

test('rows are written where there is no room for the products of the table', () => {
  const [, given] = CASES[0]!;
  const expected = runOn(LAYERS.lstm!, given, true);
  const { heap } = runtime.storage;
  const [batch, steps, inputSize, units, rows] = given.sizes;
  const products = 4 * 4 * rows * units;
  const allocate = heap.allocate.bind(heap);
  let refused = 0;
  heap.allocate = (size) => {
    if (size <= products || size >= 4 * batch * steps * inputSize) return allocate(size);
    refused++;
    throw new OstinatoError('heap-exhausted', { where: 'test', what: 'There is no room', fix: 'None' });
  };
  try {
    expect(lookupsIn(() => expect(runOn(LAYERS.lstm!, given, false)).toEqual(expected))).toBe(1);
    expect(refused).toBeGreaterThan(0);
  } finally {
    heap.allocate = allocate;
  }
  expect(runtime.memory().inUse).toBe(0);
});

describe.each(Object.entries(LAYERS))('%s over rows of a table', (_, layer) => {
  test.each(CASES)('%s: the same bits, and no row is written', (_, given) => {
    const { numTensors } = tf.memory();
    let found: Float32Array[] = [];
    expect(lookupsIn(() => (found = runOn(layer, given, false)))).toBe(0);
    let expected: Float32Array[] = [];
    expect(lookupsIn(() => (expected = runOn(layer, given, true)))).toBe(1);
    expect(found).toEqual(expected);
    for (const values of found) expect(values.some((value) => value !== 0)).toBe(true);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(runtime.memory().inUse).toBe(0);
  });

  test.each(PARTS)('%s: of a long table only what occurs is multiplied', (_, given) => {
    const run = vi.spyOn(runtime, 'run');
    const found = runOn(layer, given, false);
    const calls = run.mock.calls.map(([name, list]) => [name, Math.max(...list.map((call) => call.at(-1)!))]);
    run.mockRestore();
    expect(calls.map(([name]) => name)).not.toContain('embeddingLookup');
    const products = calls.flatMap(([name, rows]) => (name === 'gemmRows' ? [rows as number] : []));
    expect(products).toHaveLength(2); // forward, twice
    for (const rows of products) expect(rows).toBeLessThanOrEqual(given.occurring!);
    expect(found).toEqual(runOn(layer, given, true));
    expect(runtime.memory().inUse).toBe(0);
  });

  test.each([
    ['the table is longer than the sequences', { sizes: [2, 5, 3, 4, 11] }],
    ['each gate sees its own part of x', { sizes: [12, 16, 7, 10, 20], dropout: 'both' }],
  ] as const)('are written where %s', (_, given) => {
    let found: Float32Array[] = [];
    expect(lookupsIn(() => (found = runOn(layer, given, false)))).toBe(1);
    expect(found).toEqual(runOn(layer, given, true));
    expect(runtime.memory().inUse).toBe(0);
  });

  test('are no less a tensor: read before the way back, it goes by them', () => {
    const given: Case = { sizes: [10, 12, 5, 6, 8], returnSequences: true };
    const expected = runOn(layer, given, true);
    const found = tf.tidy(() => {
      const { table, ids, ...weights } = weightsOf(layer, given);
      const dy = tf.tensor(randomValues(10 * 12 * 6, 6), [10, 12, 6]);
      const { kernel, recurrentKernel, bias } = weights;
      let read: Float32Array | undefined;
      const loss = (): tf.Scalar => {
        const x = embedding.run({ table, ids, where: 'test' }, { inputDim: 8, outputDim: 5 });
        const { output } = layer.run({ x, ...weights }, configOf(given));
        read = x.dataSync().slice() as Float32Array;
        return tf.sum(tf.mul(output, dy)) as tf.Scalar;
      };
      const { grads } = tf.engine().gradients(loss, [kernel, recurrentKernel, bias!]);
      expect(read).toHaveLength(10 * 12 * 5);
      return grads.map((tensor) => tensor.dataSync().slice() as Float32Array);
    });
    expect(found).toEqual(expected.slice(2));
  });
});

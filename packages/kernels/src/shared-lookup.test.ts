// Several layers behind one lookup: the gradients of its rows are added up without being written.
import { useBackend } from '@ostinato/backend';
import { createRng, type SequenceInputs } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { embeddingKernel } from './embedding-kernel.js';
import { gruKernel } from './gru-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';

const runtimes = [1, 2, 3].map((threads) => new KernelRuntime({ threads }));
const [alone] = runtimes as [KernelRuntime];

beforeAll(async () => {
  await useBackend('wasm');
  for (const runtime of runtimes) await runtime.start();
});
afterAll(() => Promise.all(runtimes.map((runtime) => runtime.stop())));

const [BATCH, STEPS, WIDTH, UNITS, ROWS] = [13, 41, 7, 5, 90];
const rng = createRng(5);
/** A third of the rows occurs. */
const IDS = Int32Array.from({ length: BATCH * STEPS }, () => 3 * rng.int(ROWS / 3));
const values = (seed: number, ...shape: number[]): tf.Tensor =>
  tf.tensor(
    randomValues(
      shape.reduce((a, b) => a * b),
      seed,
      0.6,
    ),
    shape,
  );

type Run = (runtime: KernelRuntime, x: tf.Tensor) => tf.Tensor;

/** A layer's loss: each has weights of its own. */
function layer(kind: 'simpleRNN' | 'lstm' | 'gru', goBackwards: boolean, seed: number): Run {
  const gates = { simpleRNN: 1, lstm: 4, gru: 3 }[kind];
  return (runtime, x) => {
    const inputs: SequenceInputs = {
      x,
      kernel: values(seed, WIDTH, gates * UNITS),
      recurrentKernel: values(seed + 1, UNITS, gates * UNITS),
      bias: values(seed + 2, gates * UNITS),
    };
    const config = {
      ...{ inputSize: WIDTH, units: UNITS, useBias: true, activation: 'tanh', recurrentDropout: 0 },
      ...{ goBackwards, returnSequences: true, returnState: false, masked: false },
      ...{ recurrentActivation: 'sigmoid', resetAfter: false },
    };
    const kernels = { simpleRNN: simpleRnnKernel, lstm: lstmKernel, gru: gruKernel };
    const { output } = kernels[kind](runtime).run(inputs, config as never);
    return tf.sum(tf.mul(output, values(seed + 3, BATCH, STEPS, UNITS)));
  };
}

const LAYERS: readonly Run[] = [
  layer('lstm', false, 10),
  layer('lstm', true, 20),
  layer('simpleRNN', true, 30),
  layer('gru', false, 40),
];

/** The gradients of the table and of the looked-up rows in Σ of the losses of `layers`. */
function gradients(
  runtime: KernelRuntime,
  layers: readonly Run[],
  use?: (x: tf.Tensor) => tf.Tensor,
): Float32Array[] {
  return tf.tidy(() => {
    const table = values(1, ROWS, WIDTH);
    const ids = tf.tensor(IDS, [BATCH, STEPS], 'int32');
    const lookUp = (): tf.Tensor =>
      embeddingKernel(runtime).run({ table, ids, where: 'test' }, { inputDim: ROWS, outputDim: WIDTH });
    const loss = (x: tf.Tensor): tf.Tensor =>
      [...layers.map((run) => run(runtime, x)), ...(use ? [use(x)] : [])].reduce((sum, one) =>
        tf.add(sum, one),
      );
    const { grads: ofTable } = tf.engine().gradients(() => loss(lookUp()), [table]);
    const rows = lookUp();
    const { grads: ofRows } = tf.engine().gradients(() => loss(rows), [rows]);
    return [ofTable[0]!, ofRows[0]!].map((tensor) => tensor.dataSync().slice() as Float32Array);
  });
}

function expectSum(found: readonly Float32Array[], parts: readonly Float32Array[][]): void {
  found.forEach((all, which) => {
    const wanted = all.map((_, i) => parts.reduce((sum, part) => sum + part[which]![i]!, 0));
    const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expect(largest).toBeGreaterThan(0.1);
    all.forEach((value, i) => expect(Math.abs(value - wanted[i]!), `at ${i}`).toBeLessThan(3e-6 * largest));
  });
}

describe('layers behind one lookup', () => {
  test.each([[[0, 1]], [[1, 0]], [[3, 2]], [[0, 1, 2]], [[2, 0, 3, 1]]])(
    '%j: their gradients are those of each, added up',
    (which) => {
      const layers = which.map((i) => LAYERS[i]!);
      const { numTensors } = tf.memory();
      expectSum(
        gradients(alone, layers),
        layers.map((one) => gradients(alone, [one])),
      );
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(alone.memory().inUse).toBe(0);
    },
  );

  test('no step is written for the gradient of the table', () => {
    const steps = vi.spyOn(alone.storage.heap, 'allocate');
    tf.tidy(() => {
      const table = values(1, ROWS, WIDTH);
      const ids = tf.tensor(IDS, [BATCH, STEPS], 'int32');
      const loss = (): tf.Tensor => {
        const x = embeddingKernel(alone).run(
          { table, ids, where: 'test' },
          { inputDim: ROWS, outputDim: WIDTH },
        );
        return tf.add(LAYERS[0]!(alone, x), LAYERS[1]!(alone, x));
      };
      const { grads } = tf.engine().gradients(loss, [table]);
      steps.mockClear();
      expect(grads[0]!.dataSync()).toHaveLength(ROWS * WIDTH);
    });
    expect(steps.mock.calls.length).toBeGreaterThan(0);
    for (const [bytes] of steps.mock.calls) expect(bytes).toBeLessThan(4 * BATCH * STEPS * WIDTH);
    steps.mockRestore();
    expect(alone.memory().inUse).toBe(0);
  });

  test('a sum that goes on and on keeps no more than two of them', () => {
    tf.tidy(() => {
      const ids = tf.tensor(IDS, [BATCH, STEPS], 'int32');
      const x = embeddingKernel(alone).run(
        { table: values(1, ROWS, WIDTH), ids, where: 'test' },
        { inputDim: ROWS, outputDim: WIDTH },
      );
      const gradient = (): tf.Tensor => tf.engine().gradients(() => LAYERS[0]!(alone, x), [x]).grads[0]!;
      const one = gradient().dataSync();
      let sum = gradient();
      for (let i = 0; i < 10; i++) sum = tf.add(sum, sum);
      const inUse = alone.memory().inUse;
      expect([...sum.dataSync()]).toEqual([...one].map((value) => 1024 * value));
      expect(alone.memory().inUse).toBe(inUse);
    });
    expect(alone.memory().inUse).toBe(0);
  });

  test('whoever reads the rows in another way gets its gradient added to theirs', () => {
    const square = (x: tf.Tensor): tf.Tensor => tf.sum(tf.square(x));
    expectSum(gradients(alone, LAYERS.slice(0, 2), square), [
      ...LAYERS.slice(0, 2).map((one) => gradients(alone, [one])),
      gradients(alone, [], square),
    ]);
    expect(alone.memory().inUse).toBe(0);
  });

  test('the bits are the same for 1, 2 and 3 threads', () => {
    const found = runtimes.map((runtime) => gradients(runtime, LAYERS));
    expect(found[1]).toEqual(found[0]);
    expect(found[2]).toEqual(found[0]);
    for (const runtime of runtimes) expect(runtime.memory().inUse).toBe(0);
  });

  test('two lookups are not one: gradients of their tables, and of their rows, are added as they are', () => {
    tf.tidy(() => {
      const table = values(1, ROWS, WIDTH);
      const orders = [IDS, IDS.slice().reverse()].map((ids) => tf.tensor(ids, [BATCH, STEPS], 'int32'));
      const lookUp = (ids: tf.Tensor): tf.Tensor =>
        embeddingKernel(alone).run({ table, ids, where: 'test' }, { inputDim: ROWS, outputDim: WIDTH });
      const losses = orders.map((ids, i) => () => LAYERS[i]!(alone, lookUp(ids)));
      const both = (): tf.Tensor => tf.add(losses[0]!(), losses[1]!());
      const ofRows = orders.map((ids, i) => {
        const rows = lookUp(ids);
        return tf.engine().gradients(() => LAYERS[i]!(alone, rows), [rows]).grads[0]!;
      });
      const [all, ...parts] = [both, ...losses].map((loss, i) => {
        const ofTable = tf.engine().gradients(loss, [table]).grads[0]!;
        const rows = i === 0 ? tf.add(ofRows[0]!, ofRows[1]!) : ofRows[i - 1]!;
        return [ofTable, rows].map((tensor) => tensor.dataSync() as Float32Array);
      });
      expectSum(all!, parts);
    });
    expect(alone.memory().inUse).toBe(0);
  });
});

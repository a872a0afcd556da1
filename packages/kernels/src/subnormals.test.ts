// Numbers below 2⁻¹²⁶ slow many processors down a hundredfold: what vanishes must become zero before it gets there.
import { useBackend } from '@ostinato/backend';
import type { KernelOps } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { gruKernel } from './gru-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';
import { optimizerKernels } from './optimizer-kernels.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';

const SMALLEST_NORMAL = 2 ** -126;
const runtime = new KernelRuntime();
const [BATCH, STEPS, INPUT, UNITS] = [9, 700, 3, 5];

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

function subnormals(values: Float32Array): number {
  return values.filter((value) => value !== 0 && Math.abs(value) < SMALLEST_NORMAL).length;
}

const CASES = [
  ['SimpleRNN', simpleRnnKernel(runtime), 1, [UNITS], {}],
  ['LSTM', lstmKernel(runtime), 4, [4 * UNITS], {}],
  ['GRU', gruKernel(runtime), 3, [2, 3 * UNITS], { resetAfter: true }],
  ['GRU, reset before', gruKernel(runtime), 3, [3 * UNITS], { resetAfter: false }],
] as const;

describe.each(CASES)('%s', (_name, kernel, gates, biasShape, more) => {
  const of = (shape: readonly number[], seed: number, spread: number): tf.Tensor =>
    tf.tensor(
      randomValues(
        shape.reduce((a, b) => a * b, 1),
        seed,
        spread,
      ),
      [...shape],
    );
  const config = {
    ...{ inputSize: INPUT, units: UNITS, useBias: true, activation: 'tanh', recurrentActivation: 'sigmoid' },
    ...{ goBackwards: false, returnSequences: false, returnState: false, masked: false, recurrentDropout: 0 },
    ...{ dropout: 0, ...more },
  };

  /** The gradients of x, scaled to what `dy` is. */
  function inputGradients(dy: number): Float32Array {
    return tf.tidy(() => {
      const given = {
        x: of([BATCH, STEPS, INPUT], 1, 1),
        kernel: of([INPUT, gates * UNITS], 2, 0.3),
        recurrentKernel: of([UNITS, gates * UNITS], 3, 0.3),
        bias: of(biasShape, 4, 0.3),
      };
      const run = kernel as unknown as { run(inputs: object, config: object): { output: tf.Tensor } };
      const loss = () => tf.sum(tf.mul(run.run(given, config).output, dy)) as tf.Scalar;
      return tf.engine().gradients(loss, [given.x]).grads[0]!.dataSync().slice() as Float32Array;
    });
  }

  test('gradients that vanish over many steps end in zeros', () => {
    const dx = inputGradients(1);
    const last = dx.subarray((STEPS - 1) * INPUT, STEPS * INPUT);
    expect(Math.max(...last.map(Math.abs)), 'the last step has a gradient').toBeGreaterThan(1e-4);
    expect(dx.subarray(0, INPUT), 'the first one has none left').toEqual(new Float32Array(INPUT));
    expect(subnormals(dx)).toBe(0);
  });

  test('small gradients are kept as they are', () => {
    const [one, small] = [inputGradients(1), inputGradients(2 ** -60)];
    const scaled = small.map((value) => value * 2 ** 60);
    const large = one.map((value, i) => (Math.abs(value) > 1e-9 ? value - scaled[i]! : 0));
    expect(large).toEqual(new Float32Array(one.length));
  });
});

const OPTIMIZERS: readonly (readonly [string, keyof KernelOps, number, object])[] = [
  ['Adam', 'optimizer.adam', 2, { learningRate: 0.01, beta1: 0.9, beta2: 0.9, epsilon: 1e-7, step: 9 }],
  ['SGD', 'optimizer.sgd', 1, { learningRate: 0.01, momentum: 0.9, nesterov: false }],
  [
    'RMSprop',
    'optimizer.rmsprop',
    3,
    { learningRate: 0.01, rho: 0.9, momentum: 0.9, epsilon: 1e-7, centered: true },
  ],
];

describe.each(OPTIMIZERS)('%s', (_name, op, slotCount, config) => {
  test.each([4, 7])('moments that decay end in zeros: %i values', (count) => {
    const kernel = optimizerKernels(runtime).find((candidate) => candidate.op === op) as unknown as {
      run(inputs: object, config: object): tf.Tensor;
    };
    tf.tidy(() => {
      const slots = Array.from({ length: slotCount }, () => tf.fill([count], 1e-3));
      let param: tf.Tensor = tf.ones([count]);
      const step = (gradient: tf.Tensor): void => {
        param = kernel.run({ param, gradient, slots }, config);
        for (const slot of slots) expect(subnormals(slot.dataSync() as Float32Array)).toBe(0);
      };
      for (let i = 0; i < 900; i++) step(tf.zeros([count]));
      for (const slot of slots) expect(slot.dataSync()).toEqual(new Float32Array(count));
      step(tf.fill([count], 1e-20)); // whose square is subnormal
      expect([...param.dataSync()].every(Number.isFinite)).toBe(true);
    });
  });

  test('NaN stays', () => {
    const kernel = optimizerKernels(runtime).find((candidate) => candidate.op === op) as unknown as {
      run(inputs: object, config: object): tf.Tensor;
    };
    tf.tidy(() => {
      const slots = Array.from({ length: slotCount }, () => tf.zeros([5]));
      const next = kernel.run({ param: tf.ones([5]), gradient: tf.fill([5], Number.NaN), slots }, config);
      expect([...next.dataSync()]).toEqual(Array(5).fill(Number.NaN));
    });
  });
});

// The fused GRU against plain loops in double precision: outputs, states and every gradient, over odd sizes, both resets.
import { useBackend } from '@ostinato/backend';
import { testKernel } from '@ostinato/testing';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_ACTIVATIONS } from '../test/plain-activations.js';
import { type PlainGruCall, plainGruGradients, plainGruOutputs } from '../test/plain-gru.js';
import { randomMasks } from '../test/plain-masks.js';
import { randomValues, worst } from '../test/random-values.js';
import type { GruConfig } from './gru-call.js';
import { gruKernel } from './gru-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';

const runtime = new KernelRuntime();
const kernel = gruKernel(runtime);

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

interface Case {
  readonly sizes: readonly [batch: number, steps: number, inputSize: number, units: number];
  readonly resetAfter?: boolean;
  readonly activation?: string;
  readonly recurrentActivation?: string;
  readonly useBias?: boolean;
  readonly initial?: boolean;
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly mask?: (row: number, step: number, steps: number) => boolean;
  /** Dropout masks for the states, or for inputs and states. */
  readonly dropout?: 'states' | 'both';
  readonly scale?: number;
}

function prepare({
  sizes,
  resetAfter = true,
  activation = 'tanh',
  recurrentActivation = 'sigmoid',
  useBias = true,
  initial = false,
  goBackwards = false,
  mask,
  dropout,
  scale = 1,
}: Case): PlainGruCall {
  const [batch, steps, inputSize, units] = sizes;
  const spread = (fan: number): number => scale / Math.sqrt(fan);
  return {
    batch,
    steps,
    inputSize,
    units,
    goBackwards,
    resetAfter,
    activation: PLAIN_ACTIVATIONS[activation]!,
    gate: PLAIN_ACTIVATIONS[recurrentActivation]!,
    x: randomValues(batch * steps * inputSize, 1),
    kernel: randomValues(inputSize * 3 * units, 2, spread(inputSize)),
    recurrentKernel: randomValues(units * 3 * units, 3, spread(units)),
    bias: useBias ? randomValues((resetAfter ? 6 : 3) * units, 4, 0.5) : undefined,
    initial: initial ? randomValues(batch * units, 5) : undefined,
    stateMasks: dropout && randomMasks(batch * 3 * units, 10),
    inputMasks: dropout === 'both' ? randomMasks(batch * 3 * inputSize, 11) : undefined,
    mask:
      mask &&
      Float32Array.from({ length: batch * steps }, (_, i) =>
        mask(Math.floor(i / steps), i % steps, steps) ? 1 : 0,
      ),
  };
}

function configOf(given: Case): GruConfig {
  const [, , inputSize, units] = given.sizes;
  return {
    inputSize,
    units,
    useBias: given.useBias ?? true,
    activation: given.activation ?? 'tanh',
    recurrentActivation: given.recurrentActivation ?? 'sigmoid',
    resetAfter: given.resetAfter ?? true,
    goBackwards: given.goBackwards ?? false,
    returnSequences: given.returnSequences ?? false,
    returnState: false,
    masked: given.mask !== undefined,
    recurrentDropout: given.dropout ? 0.3 : 0,
  };
}

/** The tensors of a call. */
function tensorsOf(plain: PlainGruCall) {
  const { batch, steps, inputSize, units } = plain;
  const of = (values: ArrayLike<number> | undefined, shape: number[]): tf.Tensor | undefined =>
    values && tf.tensor(values as Float32Array, shape);
  return {
    x: of(plain.x, [batch, steps, inputSize])!,
    kernel: of(plain.kernel, [inputSize, 3 * units])!,
    recurrentKernel: of(plain.recurrentKernel, [units, 3 * units])!,
    bias: of(plain.bias, plain.resetAfter ? [2, 3 * units] : [3 * units]),
    initial: of(plain.initial, [batch, units]),
    mask: plain.mask && tf.cast(of(plain.mask, [batch, steps])!, 'bool'),
    stateMasks: of(plain.stateMasks, [batch, 3, units]),
    inputMasks: of(plain.inputMasks, [batch, 3, inputSize]),
  };
}

interface Results {
  readonly output: Float32Array;
  readonly gradients: Float32Array[];
}

/** Output and gradients of Σ dy·output, in the order x, kernel, recurrentKernel, bias?, initial?. */
function runFused(given: Case, plain: PlainGruCall, dy: Float32Array): Results {
  const { batch, steps, units } = plain;
  const config = configOf(given);
  return tf.tidy(() => {
    const { mask, stateMasks, inputMasks, ...inputs } = tensorsOf(plain);
    const masks = { mask, stateMasks, inputMasks };
    const run = (): tf.Tensor =>
      kernel.run({ ...inputs, ...masks, initialStates: inputs.initial && [inputs.initial] }, config).output;
    const weights = tf.tensor(dy, config.returnSequences ? [batch, steps, units] : [batch, units]);
    const wanted = Object.values(inputs).filter((tensor) => tensor !== undefined);
    const { grads } = tf.engine().gradients(() => tf.sum(tf.mul(run(), weights)) as tf.Scalar, wanted);
    return {
      output: run().dataSync().slice() as Float32Array,
      gradients: grads.map((gradient) => gradient.dataSync().slice() as Float32Array),
    };
  });
}

/** With both resets, unless the case says which. */
function check(given: Case, tolerance = 2e-6): void {
  const resets = given.resetAfter === undefined ? [true, false] : [given.resetAfter];
  for (const resetAfter of resets) checkOne({ ...given, resetAfter }, tolerance);
}

function checkOne(given: Case, tolerance: number): void {
  const plain = prepare(given);
  const { batch, steps, units } = plain;
  const all = plainGruOutputs(plain);
  const lastOf = (row: number): number => ((row + 1) * steps - 1) * units;
  const dy = randomValues(given.returnSequences ? batch * steps * units : batch * units, 6);
  const dyAll = given.returnSequences ? dy : new Float32Array(batch * steps * units);
  const expectedOutput = given.returnSequences ? all : new Float64Array(batch * units);
  if (!given.returnSequences) {
    for (let row = 0; row < batch; row++) {
      dyAll.set(dy.subarray(row * units, (row + 1) * units), lastOf(row));
      expectedOutput.set(all.subarray(lastOf(row), lastOf(row) + units), row * units);
    }
  }
  const expected = plainGruGradients(plain, dyAll);
  const { output, gradients } = runFused(given, plain, dy);
  const reset = given.resetAfter ? 'after' : 'before';
  expect(worst(output, expectedOutput), `output, reset ${reset}`).toBeLessThan(tolerance);
  const names = [
    'x',
    'kernel',
    'recurrentKernel',
    ...(plain.bias ? ['bias'] : []),
    ...(plain.initial ? ['initial'] : []),
  ] as (keyof typeof expected)[];
  names.forEach((name, i) =>
    expect(worst(gradients[i]!, expected[name]), `gradient of ${name}, reset ${reset}`).toBeLessThan(
      4 * tolerance,
    ),
  );
}

const gaps = (row: number, step: number): boolean => (row + step) % 3 !== 0;
const BLOCKED: readonly [string, NonNullable<Case['mask']>][] = [
  ['left', (row, step) => step >= row],
  ['right', (row, step, steps) => step < steps - row],
  ['with gaps', gaps],
  ['all of a row', (row) => row !== 2],
  ['steps of all rows', (row, step) => step % 5 !== 1 && gaps(row, step)],
  ['whole chunks of a block', (row, step) => row < 8 || step < 2 || step > 38],
  ['everything', () => false],
];

describe.each([true, false])('the plain loops themselves, resetAfter %s', (resetAfter) => {
  test('have the gradients that finite differences have', () => {
    const mask = (row: number, step: number): boolean => row !== 2 && step !== 1;
    const given: Case = {
      sizes: [3, 4, 2, 3],
      resetAfter,
      initial: true,
      mask,
      returnSequences: true,
      dropout: 'both',
    };
    const plain = prepare(given);
    const dy = randomValues(3 * 4 * 3, 6);
    const loss = (call: PlainGruCall): number =>
      plainGruOutputs(call).reduce((sum, y, i) => sum + y * dy[i]!, 0);
    const gradients = plainGruGradients(plain, dy);
    for (const name of ['x', 'kernel', 'recurrentKernel', 'bias', 'initial'] as const) {
      const values = Float64Array.from(plain[name]!);
      values.forEach((value, i) => {
        const moved = (by: number): PlainGruCall => ({
          ...plain,
          [name]: values.map((other, k) => (k === i ? value + by : other)),
        });
        const difference = (loss(moved(1e-6)) - loss(moved(-1e-6))) / 2e-6;
        expect(Math.abs(difference - gradients[name][i]!), `${name}[${i}]`).toBeLessThan(1e-8);
      });
    }
  });
});

describe('the fused kernel', () => {
  const SIZES = [1, 2, 3, 5, 7, 8, 31, 33, 64];
  test.each(SIZES)('is right for %i units, with other sizes of batch and input', (units) => {
    for (const inputSize of [1, 3, 8, 33]) check({ sizes: [(units % 11) + 1, 5, inputSize, units] });
  });
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64])('is right for a batch of %i', (batch) => {
    check({ sizes: [batch, 6, 5, 7], returnSequences: true, initial: true });
  });
  test.each([1, 2, 3, 15, 16, 17, 33, 517])('is right over %i steps', (steps) => {
    check({ sizes: [3, steps, 5, 6] });
    check({ sizes: [9, steps, 2, 3], returnSequences: true, goBackwards: true });
  });
  test.each(Object.keys(PLAIN_ACTIVATIONS))('computes %s, as the activation and in the gates', (name) => {
    const rest = { scale: 0.5, initial: true, returnSequences: true };
    check({ sizes: [5, 7, 6, 9], activation: name, ...rest }, 4e-6);
    check({ sizes: [5, 4, 6, 9], recurrentActivation: name, ...rest }, 4e-6);
  });
  test.each(BLOCKED)('skips masked steps: %s', (_what, mask) => {
    for (const goBackwards of [false, true]) {
      for (const returnSequences of [false, true]) {
        check({ sizes: [11, 9, 3, 5], mask, goBackwards, returnSequences, initial: true });
        check({ sizes: [10, 41, 3, 5], mask, goBackwards, returnSequences, useBias: false });
      }
    }
  });
  test.each(['states', 'both'] as const)('drops what each gate sees: %s', (dropout) => {
    for (const units of [1, 3, 8, 13])
      check({ sizes: [11, 5, 1 + (units % 10), units], dropout, returnSequences: true });
    for (const [_what, mask] of BLOCKED) {
      check({ sizes: [11, 9, 3, 5], dropout, mask, initial: true, returnSequences: true });
      check({ sizes: [9, 37, 9, 6], dropout, mask, goBackwards: true, useBias: false });
    }
    check({
      sizes: [2, 4, 5, 3],
      dropout,
      activation: 'softsign',
      recurrentActivation: 'elu',
      initial: true,
    });
  });
  test.each([true, false])('columns that pad the units do no harm, resetAfter %s', (resetAfter) => {
    const given: Case = {
      sizes: [2, 120, 3, 5],
      resetAfter,
      activation: 'exponential',
      recurrentActivation: 'exponential',
      scale: 0.1,
    };
    const small = { ...prepare(given), bias: new Float32Array(resetAfter ? 30 : 15).fill(-2) }; // the units stay small
    for (const dropout of [{}, { dropout: 'both' }] as const) {
      const { stateMasks, inputMasks } = prepare({ ...given, ...dropout });
      const plain = { ...small, stateMasks, inputMasks };
      const dy = randomValues(10, 6);
      const dyAll = new Float32Array(2 * 120 * 5);
      for (const row of [0, 1]) dyAll.set(dy.subarray(row * 5, row * 5 + 5), ((row + 1) * 120 - 1) * 5);
      const expected = plainGruGradients(plain, dyAll);
      const { gradients } = runFused({ ...given, ...dropout }, plain, dy);
      expect(worst(gradients[0]!, expected.x)).toBeLessThan(1e-5);
      expect(worst(gradients[1]!, expected.kernel)).toBeLessThan(1e-5);
      expect(worst(gradients[2]!, expected.recurrentKernel)).toBeLessThan(1e-5);
    }
  });
  test('is right for tiny and for saturating values', () => {
    check({ sizes: [5, 8, 6, 7], scale: 1e-6, useBias: false });
    check({ sizes: [5, 1, 6, 7], scale: 40, returnSequences: true, initial: true }, 4e-6); // one step: more would amplify each rounding by forty
  });

  test.each([true, false])('has the gradients of finite differences, resetAfter %s', async (resetAfter) => {
    const mask = gaps;
    const given: Case = { sizes: [3, 4, 3, 5], resetAfter, initial: true, returnSequences: true, mask };
    const plain = prepare(given);
    const report = await testKernel(kernel, {
      config: { ...configOf(given), returnState: true },
      inputs: () => {
        const { initial, mask: masks, ...rest } = tensorsOf(plain);
        return { ...rest, mask: masks, initialStates: [initial!] };
      },
      reference: () => {
        const y = Float32Array.from(plainGruOutputs(plain));
        const output = tf.tensor(y, [3, 4, 5]);
        return { output, states: [tf.reshape(tf.slice(output, [0, 3, 0], [3, 1, 5]), [3, 5])] };
      },
      gradientsFrom: 'finite differences',
      refuses: [{ config: { ...configOf(given), activation: 'gelu' }, reason: "activation 'gelu'" }],
    });
    expect(report.skipped).toEqual([]);
  });

  test.each([true, false])(
    'gives the same bits every time and leaves nothing, resetAfter %s',
    (resetAfter) => {
      const given: Case = { sizes: [19, 30, 7, 9], resetAfter, initial: true };
      const plain = prepare(given);
      const dy = randomValues(19 * 9, 6);
      const first = runFused(given, plain, dy);
      const { numTensors } = tf.memory();
      const { inUse, total } = runtime.memory();
      for (let i = 0; i < 5; i++) expect(runFused(given, plain, dy)).toEqual(first);
      expect(tf.memory().numTensors).toBe(numTensors);
      expect(runtime.memory()).toEqual({ inUse, total });
      expect(inUse).toBe(0);
    },
  );

  test.each([true, false])('a row does not depend on the rows around it, resetAfter %s', (resetAfter) => {
    const whole: Case = { sizes: [19, 12, 5, 6], resetAfter };
    const plain = prepare(whole);
    const { output } = runFused(whole, plain, randomValues(19 * 6, 6));
    for (const row of [0, 7, 8, 18]) {
      const x = (plain.x as Float32Array).slice(row * 60, (row + 1) * 60);
      const alone: Case = { sizes: [1, 12, 5, 6], resetAfter };
      const single = runFused(alone, { ...plain, batch: 1, x }, randomValues(6, 6)).output;
      expect([...single]).toEqual([...output.subarray(row * 6, (row + 1) * 6)]);
    }
  });

  test('refuses what it cannot do, with the reason', () => {
    const config = configOf({ sizes: [1, 1, 3, 4] });
    expect(kernel.refuse(config)).toBeUndefined();
    expect(kernel.refuse({ ...config, activation: 'gelu' })).toBe("activation 'gelu'");
    expect(kernel.refuse({ ...config, recurrentActivation: 'silu' })).toBe("activation 'silu'");
    expect(kernel.refuse({ ...config, recurrentDropout: 0.1 })).toBeUndefined();
  });
});

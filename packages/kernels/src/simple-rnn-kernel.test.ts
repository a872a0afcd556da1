// The fused SimpleRNN against plain loops in double precision: outputs, states and every gradient, over odd sizes.
import { useBackend } from '@ostinato/backend';
import type { SequenceConfig } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_ACTIVATIONS } from '../test/plain-activations.js';
import { randomMasks } from '../test/plain-masks.js';
import { type PlainCall, plainGradients, plainOutputs } from '../test/plain-simple-rnn.js';
import { randomValues, worst } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { simpleRnnKernel } from './simple-rnn-kernel.js';

const runtime = new KernelRuntime();
const kernel = simpleRnnKernel(runtime);

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

interface Case {
  readonly sizes: readonly [batch: number, steps: number, inputSize: number, units: number];
  readonly activation?: string;
  readonly useBias?: boolean;
  readonly initial?: boolean;
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly mask?: (row: number, step: number, steps: number) => boolean;
  /** true: a dropout mask for the states. */
  readonly dropout?: boolean;
  readonly scale?: number;
}

const PLAIN: Record<string, Pick<PlainCall, 'activate' | 'slope'>> = Object.fromEntries(
  Object.entries(PLAIN_ACTIVATIONS).map(([name, { value, slope }]) => [name, { activate: value, slope }]),
);

function prepare({
  sizes,
  activation = 'tanh',
  useBias = true,
  initial = false,
  goBackwards = false,
  mask,
  dropout,
  scale = 1,
}: Case): PlainCall {
  const [batch, steps, inputSize, units] = sizes;
  const spread = (fan: number): number => scale / Math.sqrt(fan);
  return {
    batch,
    steps,
    inputSize,
    units,
    goBackwards,
    ...PLAIN[activation]!,
    x: randomValues(batch * steps * inputSize, 1),
    kernel: randomValues(inputSize * units, 2, spread(inputSize)),
    recurrentKernel: randomValues(units * units, 3, spread(units)),
    bias: useBias ? randomValues(units, 4, 0.5) : undefined,
    initial: initial ? randomValues(batch * units, 5) : undefined,
    stateMasks: dropout ? randomMasks(batch * units, 10) : undefined,
    mask:
      mask &&
      Float32Array.from({ length: batch * steps }, (_, i) =>
        mask(Math.floor(i / steps), i % steps, steps) ? 1 : 0,
      ),
  };
}

function configOf(given: Case): SequenceConfig {
  const {
    sizes,
    activation = 'tanh',
    useBias = true,
    goBackwards = false,
    returnSequences = false,
    mask,
  } = given;
  const [, , inputSize, units] = sizes;
  return {
    inputSize,
    units,
    useBias,
    activation,
    goBackwards,
    returnSequences,
    returnState: false,
    masked: mask !== undefined,
    recurrentDropout: given.dropout ? 0.3 : 0,
  };
}

interface Results {
  readonly output: Float32Array;
  readonly gradients: Float32Array[];
}

/** Output and gradients of Σ dy·output, in the order x, kernel, recurrentKernel, bias?, initial?. */
function runFused(given: Case, plain: PlainCall, dy: Float32Array): Results {
  const { batch, steps, inputSize, units, mask } = plain;
  const config = configOf(given);
  return tf.tidy(() => {
    const of = (values: ArrayLike<number> | undefined, shape: number[]): tf.Tensor | undefined =>
      values && tf.tensor(values as Float32Array, shape);
    const inputs = {
      x: of(plain.x, [batch, steps, inputSize])!,
      kernel: of(plain.kernel, [inputSize, units])!,
      recurrentKernel: of(plain.recurrentKernel, [units, units])!,
      bias: of(plain.bias, [units]),
      initial: of(plain.initial, [batch, units]),
    };
    const maskTensor = mask && tf.cast(tf.tensor(mask as Float32Array, [batch, steps]), 'bool');
    const masks = { mask: maskTensor, stateMasks: of(plain.stateMasks, [batch, 1, units]) };
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

function check(given: Case, tolerance = 2e-6): void {
  const plain = prepare(given);
  const { batch, steps, units } = plain;
  const all = plainOutputs(plain);
  const last = Float64Array.from(
    { length: batch * units },
    (_, i) => all[(Math.floor(i / units) * steps + steps - 1) * units + (i % units)]!,
  );
  const dy = randomValues(given.returnSequences ? batch * steps * units : batch * units, 6);
  const dyAll = given.returnSequences ? dy : new Float32Array(batch * steps * units);
  if (!given.returnSequences) {
    for (let row = 0; row < batch; row++)
      dyAll.set(dy.subarray(row * units, (row + 1) * units), ((row + 1) * steps - 1) * units);
  }
  const expected = plainGradients(plain, dyAll);
  const { output, gradients } = runFused(given, plain, dy);
  expect(worst(output, given.returnSequences ? all : last), 'output').toBeLessThan(tolerance);
  const names = [
    'x',
    'kernel',
    'recurrentKernel',
    ...(plain.bias ? ['bias'] : []),
    ...(plain.initial ? ['initial'] : []),
  ] as (keyof typeof expected)[];
  names.forEach((name, i) =>
    expect(worst(gradients[i]!, expected[name]), `gradient of ${name}`).toBeLessThan(4 * tolerance),
  );
}

const MASKS: readonly (readonly [string, NonNullable<Case['mask']>])[] = [
  ['left', (row, step) => step >= row],
  ['right', (row, step, steps) => step < steps - row],
  ['with gaps', (row, step) => (row + step) % 3 !== 0],
  ['all of a row', (row) => row !== 2],
  ['steps of all rows', (row, step) => step % 5 !== 1 && row !== step],
  ['whole chunks of a block', (row, step) => row < 8 || step < 2 || step > 38],
  ['everything', () => false],
];

describe('the plain loops themselves', () => {
  test('have the gradients that finite differences have', () => {
    const given: Case = {
      sizes: [3, 4, 2, 3],
      initial: true,
      mask: (row, step) => row !== 2 && step !== 1,
      returnSequences: true,
      dropout: true,
    };
    const plain = prepare(given);
    const dy = randomValues(3 * 4 * 3, 6);
    const loss = (call: PlainCall): number => plainOutputs(call).reduce((sum, y, i) => sum + y * dy[i]!, 0);
    const gradients = plainGradients(plain, dy);
    for (const name of ['x', 'kernel', 'recurrentKernel', 'bias', 'initial'] as const) {
      const values = Float64Array.from(plain[name]!);
      values.forEach((value, i) => {
        const moved = (by: number): PlainCall => ({
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
  test.each([1, 2, 3, 15, 16, 17, 33, 500])('is right over %i steps', (steps) => {
    check({ sizes: [3, steps, 5, 6] });
    check({ sizes: [9, steps, 2, 3], returnSequences: true, goBackwards: true });
  });
  test.each(Object.keys(PLAIN))('computes %s', (activation) => {
    check({ sizes: [5, 7, 6, 9], activation, scale: 0.5, initial: true, returnSequences: true }, 4e-6);
  });
  test.each(MASKS)('skips masked steps: %s', (_what, mask) => {
    for (const goBackwards of [false, true]) {
      for (const returnSequences of [false, true]) {
        check({ sizes: [11, 9, 3, 5], mask, goBackwards, returnSequences, initial: true });
        check({ sizes: [10, 41, 3, 5], mask, goBackwards, returnSequences, useBias: false });
      }
    }
  });
  test('drops states', () => {
    for (const units of [1, 3, 8, 13])
      check({ sizes: [11, 5, 1 + (units % 10), units], dropout: true, returnSequences: true });
    for (const [_what, mask] of MASKS) {
      check({ sizes: [11, 9, 3, 5], dropout: true, mask, initial: true, returnSequences: true });
      check({ sizes: [9, 37, 9, 6], dropout: true, mask, goBackwards: true, useBias: false });
    }
  });
  test('columns that pad the units to a multiple of eight do no harm, however large they grow', () => {
    const given: Case = { sizes: [2, 120, 3, 5], activation: 'exponential', scale: 0.1 };
    for (const dropout of [false, true]) {
      const plain = { ...prepare({ ...given, dropout }), bias: new Float32Array(5).fill(-3) }; // the units stay small
      const dy = randomValues(10, 6);
      const dyAll = new Float32Array(2 * 120 * 5);
      for (const row of [0, 1]) dyAll.set(dy.subarray(row * 5, row * 5 + 5), ((row + 1) * 120 - 1) * 5);
      const expected = plainGradients(plain, dyAll);
      const { gradients } = runFused({ ...given, dropout }, plain, dy);
      expect(worst(gradients[0]!, expected.x)).toBeLessThan(1e-5);
      expect(worst(gradients[1]!, expected.kernel)).toBeLessThan(1e-5);
      expect(worst(gradients[2]!, expected.recurrentKernel)).toBeLessThan(1e-5);
    }
  });
  test('is right for tiny and for saturating values', () => {
    check({ sizes: [5, 8, 6, 7], scale: 1e-6, useBias: false });
    check({ sizes: [5, 1, 6, 7], scale: 40, returnSequences: true }); // one step: more would amplify each rounding by forty
  });

  test('gives the same bits every time, and leaves nothing behind', () => {
    const given: Case = { sizes: [19, 30, 7, 9], initial: true };
    const plain = prepare(given);
    const dy = randomValues(19 * 9, 6);
    const first = runFused(given, plain, dy);
    const { numTensors } = tf.memory();
    const { inUse, total } = runtime.memory();
    for (let i = 0; i < 5; i++) expect(runFused(given, plain, dy)).toEqual(first);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(runtime.memory()).toEqual({ inUse, total });
    expect(inUse).toBe(0);
  });

  test('a row does not depend on the rows around it, in its last bit neither', () => {
    const whole: Case = { sizes: [19, 12, 5, 6] };
    const plain = prepare(whole);
    const { output } = runFused(whole, plain, randomValues(19 * 6, 6));
    for (const row of [0, 7, 8, 18]) {
      const alone: Case = { sizes: [1, 12, 5, 6] };
      const x = (plain.x as Float32Array).slice(row * 60, (row + 1) * 60);
      const single = runFused(alone, { ...plain, batch: 1, x }, randomValues(6, 6)).output;
      expect([...single]).toEqual([...output.subarray(row * 6, (row + 1) * 6)]);
    }
  });

  test('refuses what it cannot do, with the reason', () => {
    const config = configOf({ sizes: [1, 1, 3, 4] });
    expect(kernel.refuse(config)).toBeUndefined();
    expect(kernel.refuse({ ...config, activation: 'gelu' })).toBe("activation 'gelu'");
    expect(kernel.refuse({ ...config, activation: 'leakyRelu(negativeSlope=0.1)' })).toMatch(
      /^activation 'leakyRelu\(/,
    );
    expect(kernel.refuse({ ...config, recurrentDropout: 0.1 })).toBeUndefined();
  });

  test('does not run recurrent dropout without masks', () => {
    const given: Case = { sizes: [2, 3, 3, 4], dropout: true };
    const plain = { ...prepare(given), stateMasks: undefined };
    expect(() => runFused(given, plain, randomValues(8, 6))).toThrowError(/stateMasks.*\(masks-missing\)/);
  });
});

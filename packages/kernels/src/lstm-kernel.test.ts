// The fused LSTM against plain loops in double precision: outputs, final states and every gradient, over odd sizes.
import { useBackend } from '@ostinato/backend';
import type { GatedSequenceConfig } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { PLAIN_ACTIVATIONS } from '../test/plain-activations.js';
import { type PlainLstmCall, plainLstmGradients, plainLstmOutputs } from '../test/plain-lstm.js';
import { randomMasks } from '../test/plain-masks.js';
import { randomValues, worst } from '../test/random-values.js';
import { KernelRuntime } from './kernel-runtime.js';
import { lstmKernel } from './lstm-kernel.js';

const runtime = new KernelRuntime();
const kernel = lstmKernel(runtime);

beforeAll(async () => {
  await useBackend('cpu');
  await runtime.start();
});

type Mask = (row: number, step: number, steps: number) => boolean;

interface Case {
  readonly sizes: readonly [batch: number, steps: number, inputSize: number, units: number];
  readonly activation?: string;
  readonly recurrentActivation?: string;
  readonly useBias?: boolean;
  readonly initial?: boolean;
  readonly goBackwards?: boolean;
  readonly returnSequences?: boolean;
  readonly returnState?: boolean;
  readonly mask?: Mask;
  /** Dropout masks for the states, or for inputs and states. */
  readonly dropout?: 'states' | 'both';
  readonly scale?: number;
}

function prepare(given: Case): PlainLstmCall {
  const { sizes, useBias = true, initial = false, goBackwards = false, mask, dropout, scale = 1 } = given;
  const [batch, steps, inputSize, units] = sizes;
  const spread = (fan: number): number => scale / Math.sqrt(fan);
  return {
    batch,
    steps,
    inputSize,
    units,
    goBackwards,
    activation: PLAIN_ACTIVATIONS[given.activation ?? 'tanh']!,
    recurrentActivation: PLAIN_ACTIVATIONS[given.recurrentActivation ?? 'sigmoid']!,
    x: randomValues(batch * steps * inputSize, 1),
    kernel: randomValues(inputSize * 4 * units, 2, spread(inputSize)),
    recurrentKernel: randomValues(units * 4 * units, 3, spread(units)),
    bias: useBias ? randomValues(4 * units, 4, 0.5) : undefined,
    initialH: initial ? randomValues(batch * units, 5) : undefined,
    initialC: initial ? randomValues(batch * units, 7) : undefined,
    stateMasks: dropout && randomMasks(batch * 4 * units, 10),
    inputMasks: dropout === 'both' ? randomMasks(batch * 4 * inputSize, 11) : undefined,
    mask:
      mask &&
      Float32Array.from({ length: batch * steps }, (_, i) =>
        mask(Math.floor(i / steps), i % steps, steps) ? 1 : 0,
      ),
  };
}

function configOf(given: Case): GatedSequenceConfig {
  const [, , inputSize, units] = given.sizes;
  return {
    inputSize,
    units,
    useBias: given.useBias ?? true,
    activation: given.activation ?? 'tanh',
    recurrentActivation: given.recurrentActivation ?? 'sigmoid',
    goBackwards: given.goBackwards ?? false,
    returnSequences: given.returnSequences ?? false,
    returnState: given.returnState ?? false,
    masked: given.mask !== undefined,
    recurrentDropout: given.dropout ? 0.3 : 0,
  };
}

interface Weighting {
  readonly dy: Float32Array;
  readonly dLastH: Float32Array;
  readonly dLastC: Float32Array;
}

interface Results {
  /** The output and, if wanted, the final states h and c. */
  readonly outputs: Float32Array[];
  /** Of Σ dy·output + Σ dLastH·h + Σ dLastC·c, in the order x, kernel, recurrentKernel, bias?, initialH?, initialC?. */
  readonly gradients: Float32Array[];
}

function runFused(given: Case, plain: PlainLstmCall, { dy, dLastH, dLastC }: Weighting): Results {
  const { batch, steps, inputSize, units, mask } = plain;
  const config = configOf(given);
  return tf.tidy(() => {
    const of = (values: ArrayLike<number> | undefined, shape: number[]): tf.Tensor | undefined =>
      values && tf.tensor(values as Float32Array, shape);
    const weights = {
      x: of(plain.x, [batch, steps, inputSize])!,
      kernel: of(plain.kernel, [inputSize, 4 * units])!,
      recurrentKernel: of(plain.recurrentKernel, [units, 4 * units])!,
      bias: of(plain.bias, [4 * units]),
    };
    const initial = [of(plain.initialH, [batch, units]), of(plain.initialC, [batch, units])];
    const initialStates = plain.initialH && (initial as tf.Tensor[]);
    const maskTensor = mask && tf.cast(tf.tensor(mask as Float32Array, [batch, steps]), 'bool');
    const masks = {
      mask: maskTensor,
      stateMasks: of(plain.stateMasks, [batch, 4, units]),
      inputMasks: of(plain.inputMasks, [batch, 4, inputSize]),
    };
    const run = (): tf.Tensor[] => {
      const { output, states } = kernel.run({ ...weights, ...masks, initialStates }, config);
      return [output, ...states];
    };
    const loss = (): tf.Scalar =>
      run()
        .map((output, i) => tf.sum(tf.mul(output, tf.tensor([dy, dLastH, dLastC][i]!, output.shape))))
        .reduce((sum, part) => tf.add(sum, part)) as tf.Scalar;
    const wanted = [...Object.values(weights), ...initial].filter((tensor) => tensor !== undefined);
    const { grads } = tf.engine().gradients(loss, wanted);
    return {
      outputs: run().map((output) => output.dataSync().slice() as Float32Array),
      gradients: grads.map((gradient) => gradient.dataSync().slice() as Float32Array),
    };
  });
}

function weightingOf(given: Case): Weighting {
  const [batch, steps, , units] = given.sizes;
  return {
    dy: randomValues((given.returnSequences ? steps : 1) * batch * units, 6),
    dLastH: randomValues(batch * units, 8),
    dLastC: randomValues(batch * units, 9),
  };
}

/** Values [batch, units] at the last of the steps [batch, steps, units]. */
function lastSteps({ batch, steps, units }: PlainLstmCall, all: Float64Array): Float64Array {
  const last = new Float64Array(batch * units);
  for (let row = 0; row < batch; row++)
    last.set(all.subarray(((row + 1) * steps - 1) * units, (row + 1) * steps * units), row * units);
  return last;
}

/** The weighting of the outputs of all steps that a case's weightings amount to. */
function weightingOfSteps(given: Case, { batch, steps, units }: PlainLstmCall, w: Weighting): Float64Array {
  const all = new Float64Array(batch * steps * units);
  if (given.returnSequences) return Float64Array.from(w.dy);
  for (let i = 0; i < batch * units; i++) {
    const at = (Math.floor(i / units) * steps + steps - 1) * units + (i % units);
    all[at]! = w.dy[i]!;
  }
  return all;
}

function check(given: Case, tolerance = 2e-6): void {
  const plain = prepare(given);
  const weighting = weightingOf(given);
  const { y, lastH, lastC } = plainLstmOutputs(plain);
  const expected = plainLstmGradients(
    plain,
    weightingOfSteps(given, plain, weighting),
    ...(given.returnState ? [weighting.dLastH, weighting.dLastC] : []),
  );
  const { outputs, gradients } = runFused(given, plain, weighting);
  const wanted = [
    given.returnSequences ? y : lastSteps(plain, y),
    ...(given.returnState ? [lastH, lastC] : []),
  ];
  expect(outputs.length).toBe(wanted.length);
  wanted.forEach((values, i) => expect(worst(outputs[i]!, values), `output ${i}`).toBeLessThan(tolerance));
  const names = [
    'x',
    'kernel',
    'recurrentKernel',
    ...(plain.bias ? ['bias'] : []),
    ...(plain.initialH ? ['initialH', 'initialC'] : []),
  ] as (keyof typeof expected)[];
  names.forEach((name, i) =>
    expect(worst(gradients[i]!, expected[name]), `gradient of ${name}`).toBeLessThan(4 * tolerance),
  );
}

const MASKS: readonly (readonly [string, Mask])[] = [
  ['left', (row, step) => step >= row],
  ['right', (row, step, steps) => step < steps - row],
  ['with gaps', (row, step) => (row + step) % 3 !== 0],
  ['all of a row', (row) => row !== 2],
  ['everything', () => false],
  ['whole steps of all rows', (_row, step) => step !== 3 && step < 20],
];

describe('the plain loops themselves', () => {
  test.each([
    ['tanh', 'sigmoid'],
    ['softsign', 'elu'],
  ])('have the gradients that finite differences have: %s, %s', (activation, recurrentActivation) => {
    const given: Case = {
      sizes: [3, 4, 2, 3],
      activation,
      recurrentActivation,
      initial: true,
      mask: (row, step) => row !== 2 && step !== 1,
      dropout: 'both',
    };
    const plain = prepare(given);
    const weighting = weightingOf({ ...given, returnSequences: true });
    const loss = (call: PlainLstmCall): number => {
      const { y, lastH, lastC } = plainLstmOutputs(call);
      const dot = (a: Float64Array, b: Float32Array): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
      return dot(y, weighting.dy) + dot(lastH, weighting.dLastH) + dot(lastC, weighting.dLastC);
    };
    const gradients = plainLstmGradients(plain, weighting.dy, weighting.dLastH, weighting.dLastC);
    for (const name of ['x', 'kernel', 'recurrentKernel', 'bias', 'initialH', 'initialC'] as const) {
      const values = Float64Array.from(plain[name]!);
      values.forEach((value, i) => {
        const moved = (by: number): PlainLstmCall => ({
          ...plain,
          [name]: values.map((other, k) => (k === i ? value + by : other)),
        });
        const difference = (loss(moved(1e-6)) - loss(moved(-1e-6))) / 2e-6;
        expect(Math.abs(difference - gradients[name][i]!), `${name}[${i}]`).toBeLessThan(1e-8);
      });
    }
  });
});

describe('the fused LSTM', () => {
  test.each([1, 2, 3, 5, 7, 8, 31, 33, 64])(
    'is right for %i units, with other sizes of batch and input',
    (units) => {
      for (const inputSize of [1, 3, 8, 33]) check({ sizes: [(units % 11) + 1, 5, inputSize, units] });
    },
  );
  test.each([1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 33, 64])('is right for a batch of %i', (batch) => {
    check({ sizes: [batch, 6, 5, 7], returnSequences: true, initial: true });
  });
  test.each([1, 2, 3, 15, 16, 17, 33, 520])('is right over %i steps', (steps) => {
    check({ sizes: [3, steps, 5, 6] });
    check({ sizes: [9, steps, 2, 3], returnSequences: true, goBackwards: true, returnState: true });
    check({ sizes: [1, steps, 1, 1], initial: true });
  });
  test.each(Object.keys(PLAIN_ACTIVATIONS))('computes %s, as either activation', (name) => {
    const sizes = [5, 4, 6, 9] as const; // few steps: exponential activations feed on themselves
    const given = { sizes, scale: 0.3, initial: true, returnSequences: true };
    check({ ...given, activation: name }, 4e-6);
    check({ ...given, recurrentActivation: name }, 4e-6);
  });
  test('columns that pad the units to a multiple of eight do no harm, however large they grow', () => {
    const given: Case = {
      sizes: [2, 120, 3, 5],
      activation: 'exponential',
      recurrentActivation: 'exponential',
    };
    const bias = Float32Array.from({ length: 20 }, (_, j) => (j < 10 ? -6 : -1)); // the units themselves stay small
    const plain = { ...prepare({ ...given, scale: 0.1 }), bias };
    const weighting = weightingOf(given);
    const expected = plainLstmGradients(plain, weightingOfSteps(given, plain, weighting));
    const { gradients } = runFused(given, plain, weighting);
    expect(worst(gradients[0]!, expected.x)).toBeLessThan(1e-5);
    expect(worst(gradients[1]!, expected.kernel)).toBeLessThan(1e-5);
  });
  test.each(MASKS)('skips masked steps: %s', (_what, mask) => {
    for (const goBackwards of [false, true]) {
      for (const returnSequences of [false, true]) {
        const given = { mask, goBackwards, returnSequences };
        check({ sizes: [11, 9, 3, 5], ...given, initial: true });
        check({ sizes: [4, 37, 3, 5], ...given, useBias: false });
        check({ sizes: [9, 5, 3, 2], ...given, initial: true, returnState: true });
      }
    }
  });
  test.each([false, true])('its final states are differentiable, with sequences: %s', (returnSequences) => {
    check({ sizes: [11, 6, 3, 5], returnSequences, returnState: true, initial: true });
    check({ sizes: [1, 1, 1, 3], returnSequences, returnState: true });
  });
  test.each(['states', 'both'] as const)('drops what each gate sees: %s', (dropout) => {
    for (const units of [1, 3, 8, 13])
      check({ sizes: [11, 5, 1 + (units % 10), units], dropout, returnSequences: true });
    for (const [_what, mask] of MASKS) {
      check({ sizes: [11, 9, 3, 5], dropout, mask, initial: true, returnSequences: true, returnState: true });
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
  test('is right for tiny and for saturating values', () => {
    check({ sizes: [5, 8, 6, 7], scale: 1e-6, useBias: false });
    check({ sizes: [5, 1, 6, 7], scale: 40, returnSequences: true }); // one step: more would amplify each rounding by forty
  });

  test('gives the same bits every time, and leaves nothing behind', () => {
    const given: Case = { sizes: [19, 30, 7, 9], initial: true, returnState: true };
    const plain = prepare(given);
    const weighting = weightingOf(given);
    const first = runFused(given, plain, weighting);
    const { numTensors } = tf.memory();
    const { inUse, total } = runtime.memory();
    for (let i = 0; i < 5; i++) expect(runFused(given, plain, weighting)).toEqual(first);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(runtime.memory()).toEqual({ inUse, total });
    expect(inUse).toBe(0);
  });

  test('a row does not depend on the rows around it, in its last bit neither', () => {
    const whole: Case = { sizes: [19, 12, 5, 6] };
    const plain = prepare(whole);
    const output = runFused(whole, plain, weightingOf(whole)).outputs[0]!;
    for (const row of [0, 7, 8, 18]) {
      const alone: Case = { sizes: [1, 12, 5, 6] };
      const x = (plain.x as Float32Array).slice(row * 60, (row + 1) * 60);
      const single = runFused(alone, { ...plain, batch: 1, x }, weightingOf(alone)).outputs[0]!;
      expect([...single]).toEqual([...output.subarray(row * 6, (row + 1) * 6)]);
    }
  });

  test('what is masked may hold anything: its values change no bit', () => {
    const given: Case = { sizes: [9, 12, 5, 6], mask: (row, step) => step < 8 && (row + step) % 4 !== 0 };
    const plain = prepare(given);
    const x = (plain.x as Float32Array).map((v, i) => (plain.mask![Math.floor(i / 5)] === 1 ? v : 1e3 * v));
    const [first, second] = [plain, { ...plain, x }].map((call) => runFused(given, call, weightingOf(given)));
    expect(second).toEqual(first);
  });

  test('steps that count for no row are not even read: neither their inputs, nor a whole chunk of them on the way back', () => {
    for (const goBackwards of [false, true]) {
      const given: Case = {
        sizes: [9, 60, 5, 6],
        goBackwards,
        mask: (row, time) => (time < 16 || time > 43) && row !== time,
      };
      const plain = prepare(given);
      const start = goBackwards ? 16 : 28; // steps 28 to 43, in the order of reading, are a chunk
      const unread = (time: number): boolean => time >= start && time < start + 16;
      const x = (plain.x as Float32Array).map((v, i) => (unread(Math.floor(i / 5) % 60) ? Number.NaN : v));
      const [clean, marked] = [plain, { ...plain, x }].map((call) =>
        runFused(given, call, weightingOf(given)),
      );
      expect(marked).toEqual(clean);
    }
  });

  test('refuses what it cannot do, with the reason', () => {
    const config = configOf({ sizes: [1, 1, 3, 4] });
    expect(kernel.refuse(config)).toBeUndefined();
    expect(kernel.refuse({ ...config, activation: 'gelu' })).toBe("activation 'gelu'");
    expect(kernel.refuse({ ...config, recurrentActivation: 'softplus' })).toBe("activation 'softplus'");
    expect(kernel.refuse({ ...config, recurrentDropout: 0.1 })).toBeUndefined();
  });
});

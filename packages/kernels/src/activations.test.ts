// Activations of the kernels over their whole range against double precision, and their slopes from the output.
import { beforeAll, describe, expect, test } from 'vitest';
import { activationCode } from './activation-codes.js';
import { KernelRuntime } from './kernel-runtime.js';

const runtime = new KernelRuntime();
beforeAll(() => runtime.start());

/** f(values) by the kernel; lengths are multiples of 16, as in the kernels. */
function activate(name: string, values: readonly number[]): Float32Array {
  const padded = Math.ceil(values.length / 16) * 16;
  const { heap } = runtime.storage;
  return runtime.withScratch(4 * padded, (address) => {
    heap.floats(address, padded).fill(0);
    heap.floats(address, values.length).set(values);
    runtime.wasm.activate(address, activationCode(name)!, padded);
    return heap.floats(address, values.length).slice();
  });
}

/** Every binary exponent from 2^−30 to 2^7, 500 values in each, both signs, and a fine grid where the curve bends. */
const grid: number[] = [];
for (let exponent = -30; exponent <= 7; exponent++) {
  for (let i = 0; i < 500; i++) grid.push(2 ** exponent * (1 + i / 500), -(2 ** exponent) * (1 + i / 500));
}
for (let x = -20; x <= 20; x += 1 / 512) grid.push(x);

const TRUTH: Record<string, (x: number) => number> = {
  tanh: Math.tanh,
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
};

describe.each(Object.keys(TRUTH))('%s', (name) => {
  test('is within 5e-7 of the truth over the whole range, and never beyond its limits', () => {
    const inputs = [...Float32Array.from(grid)];
    const outputs = activate(name, inputs);
    let largest = 0;
    inputs.forEach((x, i) => {
      largest = Math.max(largest, Math.abs(outputs[i]! - TRUTH[name]!(x)));
      expect(Math.abs(outputs[i]!)).toBeLessThanOrEqual(1);
    });
    expect(largest).toBeLessThan(5e-7);
  });

  test('takes infinities to its limits and lets NaN pass', () => {
    const [low, high, nan, zero] = activate(name, [
      Number.NEGATIVE_INFINITY,
      Number.POSITIVE_INFINITY,
      Number.NaN,
      0,
    ]);
    expect(high).toBe(1);
    expect(low).toBeCloseTo(name === 'tanh' ? -1 : 0, 30);
    expect(nan).toBeNaN();
    expect(zero).toBe(name === 'tanh' ? 0 : 0.5);
  });
});

test('tanh saturates to exactly 1, so that no slope is left, at the cut-off', () => {
  const [below, at, beyond, negative] = activate('tanh', [7.5, 8.035740852355957, 20, -20]);
  expect(below).toBeLessThan(1);
  expect([at, beyond, negative]).toEqual([1, 1, -1]);
});

test('sigmoid keeps its relative accuracy where it is small', () => {
  const inputs = [...Float32Array.from(grid.filter((x) => x < 0 && x > -86))];
  const outputs = activate('sigmoid', inputs);
  inputs.forEach((x, i) => {
    const expected = 1 / (1 + Math.exp(-x));
    expect(Math.abs(outputs[i]! / expected - 1), `sigmoid(${x})`).toBeLessThan(x > -20 ? 1.2e-6 : 4.5e-6);
  });
});

test('exponential and its relatives are right to a part in a million', () => {
  const inputs = [...Float32Array.from(grid.filter((x) => Math.abs(x) < 80))];
  const check = (name: string, truth: (x: number) => number): void => {
    const outputs = activate(name, inputs);
    inputs.forEach((x, i) => {
      const expected = truth(x);
      expect(
        Math.abs(outputs[i]! - expected) / Math.max(1e-6, Math.abs(expected)),
        `${name}(${x})`,
      ).toBeLessThan(1e-6);
    });
  };
  check('exponential', Math.exp);
  check('elu', (x) => (x > 0 ? x : Math.expm1(x)));
});

/** g·f'(x) by the kernel, from the outputs y. */
function slopes(name: string, outputs: readonly number[], g: number): Float32Array {
  const padded = Math.ceil(outputs.length / 16) * 16;
  const { heap } = runtime.storage;
  return runtime.withScratch(12 * padded, (out) => {
    const [y, gradient] = [out + 4 * padded, out + 8 * padded];
    heap.floats(y, padded).fill(0);
    heap.floats(y, outputs.length).set(outputs);
    heap.floats(gradient, padded).fill(g);
    runtime.wasm.activationSlope(out, y, gradient, activationCode(name)!, padded);
    return heap.floats(out, outputs.length).slice();
  });
}

const SELU = [1.05070098735548, 1.758099340847161] as const;

/** f'(x) in double precision; where the curve has a kink, what TensorFlow takes there. */
const SLOPES: Record<string, (x: number) => number> = {
  linear: () => 1,
  tanh: (x) => 1 / Math.cosh(x) ** 2,
  sigmoid: (x) => 1 / ((1 + Math.exp(-x)) * (1 + Math.exp(x))),
  relu: (x) => (x > 0 ? 1 : 0),
  relu6: (x) => (x > 0 && x < 6 ? 1 : 0),
  leakyRelu: (x) => (x > 0 ? 1 : 0.2),
  elu: (x) => (x > 0 ? 1 : Math.exp(x)),
  selu: (x) => (x < 0 ? SELU[1] * Math.exp(x) : SELU[0]),
  exponential: Math.exp,
  hardSigmoid: (x) => (x > -3 && x < 3 ? 1 / 6 : 0),
  softsign: (x) => 1 / (1 + Math.abs(x)) ** 2,
};

test.each(Object.keys(SLOPES))('the slope of %s follows from its output, at its kinks too', (name) => {
  const kinks = [0, 3, -3, 6];
  const inputs = [...Float32Array.from([...kinks, ...grid.filter((x) => Math.abs(x) < 10)])];
  const found = slopes(name, [...activate(name, inputs)], 2.5);
  inputs.forEach((x, i) => {
    const expected = 2.5 * SLOPES[name]!(x);
    const allowed = 3e-6 * Math.max(1, Math.abs(expected));
    const rounds = kinks.some((kink) => x !== kink && Math.abs(x - kink) < 1e-6); // beside a kink its output may be the kink's
    if (!rounds) expect(Math.abs(found[i]! - expected), `${name} at ${x}`).toBeLessThan(allowed);
  });
});

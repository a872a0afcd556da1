// Updates against their formulas in single precision, value by value: the vector body and the tail must agree to the last bit.
import { useBackend } from '@ostinato/backend';
import type { AnyKernel, KernelOp, KernelOps } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { randomValues } from '../test/random-values.js';
import { finiteKernel } from './finite-kernel.js';
import { KernelRuntime } from './kernel-runtime.js';
import { optimizerKernels } from './optimizer-kernels.js';

const runtime = new KernelRuntime();
const all: readonly AnyKernel[] = optimizerKernels(runtime);
const f = Math.fround;

beforeAll(async () => {
  await useBackend('wasm');
  await runtime.start();
});

function update<Op extends KernelOp>(
  op: Op,
  config: KernelOps[Op]['config'],
  count: number,
  slotCount: number,
): { weight: Float32Array; slots: Float32Array[] } {
  const kernel = all.find((candidate) => candidate.op === op) as unknown as {
    run(inputs: object, config: object): tf.Tensor;
  };
  return tf.tidy(() => {
    const param = tf.tensor(randomValues(count, 1), [count]);
    const gradient = tf.tensor(randomValues(count, 2), [count]);
    const slots = Array.from({ length: slotCount }, (_, i) =>
      tf.tensor(randomValues(count, 3 + i).map(Math.abs), [count]),
    );
    const before = [...param.dataSync()];
    const next = kernel.run({ param, gradient, slots }, config);
    expect([...param.dataSync()], 'the old value').toEqual(before);
    expect(next.dataId).not.toBe(param.dataId);
    return { weight: next.dataSync().slice(), slots: slots.map((slot) => slot.dataSync().slice()) } as never;
  });
}

const inputs = (count: number, slots: number) => ({
  w: randomValues(count, 1),
  g: randomValues(count, 2),
  s: Array.from({ length: slots }, (_, i) => randomValues(count, 3 + i).map(Math.abs)),
});

describe.each([1, 2, 3, 4, 5, 7, 8, 31, 33, 1000])('over %i values', (count) => {
  test.each([undefined, 0.5])('Adam with a weight decay of %s', (weightDecay) => {
    const decay = weightDecay === undefined ? {} : { weightDecay };
    const config = { learningRate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 3, ...decay };
    const kept = f(1 - 0.01 * (weightDecay ?? 0));
    const { w, g, s } = inputs(count, 2);
    const alpha = f((0.01 * Math.sqrt(1 - 0.999 * 0.999 * 0.999)) / (1 - 0.9 * 0.9 * 0.9));
    const m = w.map((_, i) => f(s[0]![i]! + f(f(g[i]! - s[0]![i]!) * f(1 - 0.9))));
    const v = w.map((_, i) => f(s[1]![i]! + f(f(f(g[i]! * g[i]!) - s[1]![i]!) * f(1 - 0.999))));
    const expected = w.map((value, i) =>
      f(f(kept * value) - f(f(alpha * m[i]!) / f(f(Math.sqrt(v[i]!)) + f(1e-7)))),
    );
    const { weight, slots } = update('optimizer.adam', config, count, 2);
    expect(slots).toEqual([m, v]);
    expect(weight).toEqual(expected);
  });

  test.each([
    [0, false],
    [0.9, false],
    [0.9, true],
  ])('SGD with momentum %f, Nesterov %s', (momentum, nesterov) => {
    const { w, g, s } = inputs(count, 1);
    const step = g.map((value) => f(f(0.1) * value));
    const u = w.map((_, i) => f(f(f(momentum) * s[0]![i]!) + step[i]!));
    const expected = w.map((value, i) => {
      if (momentum === 0) return f(value - step[i]!);
      return nesterov ? f(f(value - f(f(momentum) * u[i]!)) - step[i]!) : f(value - u[i]!);
    });
    const { weight, slots } = update(
      'optimizer.sgd',
      { learningRate: 0.1, momentum, nesterov },
      count,
      momentum > 0 ? 1 : 0,
    );
    expect(weight).toEqual(expected);
    if (momentum > 0) expect(slots).toEqual([u]);
  });

  test.each([
    [0, false],
    [0.5, false],
    [0, true],
    [0.5, true],
  ])('RMSprop with momentum %f, centered %s', (momentum, centered) => {
    const slotCount = 1 + (momentum > 0 ? 1 : 0) + (centered ? 1 : 0);
    const { w, g, s } = inputs(count, slotCount);
    const [rho, rest] = [f(0.9), f(1 - 0.9)];
    const v = w.map((_, i) => f(f(rho * s[0]![i]!) + f(rest * f(g[i]! * g[i]!))));
    const mean = w.map((_, i) => f(f(rho * (s.at(-1)![i]! * (centered ? 1 : 0))) + f(rest * g[i]!)));
    const under = v.map((value, i) => (centered ? f(value - f(mean[i]! * mean[i]!)) : value));
    let step = w.map((_, i) => f(f(f(0.01) * g[i]!) / f(Math.sqrt(f(under[i]! + f(1e-7))))));
    if (momentum > 0) step = step.map((value, i) => f(f(f(momentum) * s[1]![i]!) + value));
    const { weight, slots } = update(
      'optimizer.rmsprop',
      { learningRate: 0.01, rho: 0.9, momentum, epsilon: 1e-7, centered },
      count,
      slotCount,
    );
    expect(weight).toEqual(w.map((value, i) => f(value - step[i]!)));
    expect(slots).toEqual([v, ...(momentum > 0 ? [step] : []), ...(centered ? [mean] : [])]);
  });
});

describe.each([
  ['optimizer.sgd', 0, { learningRate: 0.1, momentum: 0, nesterov: false }],
  ['optimizer.sgd', 1, { learningRate: 0.1, momentum: 0.9, nesterov: false }],
  ['optimizer.adam', 2, { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 }],
  ['optimizer.rmsprop', 1, { learningRate: 0.1, rho: 0.9, momentum: 0, epsilon: 1e-7, centered: false }],
] as const)('%s with %i slots', (op, slotCount, config) => {
  test.each([1, 3])('says of its new value whether it is finite, on %i threads', async (threads) => {
    const several = new KernelRuntime({ threads });
    await several.start();
    const find = (name: string) =>
      [...optimizerKernels(several), finiteKernel(several)].find(
        (kernel) => kernel.op === name,
      ) as unknown as {
        run(inputs: object, config: object): tf.Tensor;
      };
    const count = 20_001; // more than one piece, and a tail
    const looked = vi.spyOn(several, 'run');
    const inUse = several.memory().inUse;
    for (const [at, bad] of [
      [-1, 0],
      [0, Number.NaN],
      [9_000, Number.POSITIVE_INFINITY],
      [count - 1, 3.4e38],
    ] as const) {
      const marks = tf.tidy(() => {
        const values = randomValues(count, 1);
        if (at >= 0) values[at] = bad;
        const param = tf.tensor1d(values);
        const gradient = tf.tensor1d(randomValues(count, 2));
        if (bad === 3.4e38)
          several.storage.heap.floats(several.storage.addressOf(gradient), count)[at] = -3.4e38;
        const slots = Array.from({ length: slotCount }, () => tf.zeros([count]));
        const large = bad === 3.4e38 ? { ...config, learningRate: 1e3 } : config;
        const next = find(op).run({ param, gradient, slots }, large);
        const other = tf.tensor1d([1, 2, 3]);
        const sums = find('values.finite')
          .run({ values: [next, other] }, {})
          .arraySync();
        expect(sums).toEqual([next.dataSync().every(Number.isFinite) ? 0 : Number.NaN, 0]);
        return tf.tensor(sums as number[]);
      });
      const found = marks.dataSync()[0];
      if (at < 0) expect(found).toBe(0);
      else if (op === 'optimizer.sgd' || !Number.isFinite(bad)) expect(found).toBeNaN(); // squares of what overflows are infinite: others stay where they are
      marks.dispose();
    }
    const names = looked.mock.calls.map(([name]) => name);
    expect(names.filter((name) => name === 'markNotFinite')).toHaveLength(4); // of `other` alone
    expect(several.memory().inUse).toBe(inUse);
    await several.stop();
  });
});

test('marks are read when what they are of is gone, and of a value that was moved it is looked anew', () => {
  const sgd = all.find(({ op }) => op === 'optimizer.sgd') as unknown as {
    run(inputs: object, config: object): tf.Tensor;
  };
  const inUse = runtime.memory().inUse;
  const param = tf.tensor1d([1, 2, Number.NaN, 4]);
  const gradient = tf.ones([4]);
  const next = sgd.run({ param, gradient, slots: [] }, { learningRate: 1, momentum: 0, nesterov: false });
  const finite = finiteKernel(runtime);
  const first = finite.run({ values: [next] }, {});
  const moved = tf.maximum(next, -10); // tfjs takes it to its own memory
  const second = finite.run({ values: [next] }, {});
  next.dispose();
  const after = tf.zeros([16]);
  runtime.storage.addressOf(after); // would take its place, if that were free
  expect([...first.dataSync(), ...second.dataSync()]).toEqual([Number.NaN, Number.NaN]);
  tf.dispose([param, gradient, moved, first, second, after]);
  expect(runtime.memory().inUse).toBe(inUse);
});

test('slots that do not fit are refused', () => {
  const adam = all.find(({ op }) => op === 'optimizer.adam') as unknown as {
    run(inputs: object, config: object): tf.Tensor;
  };
  const param = tf.zeros([3]);
  const config = { learningRate: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 1 };
  expect(() => adam.run({ param, gradient: param, slots: [param] }, config)).toThrowError(/shape-mismatch/);
  expect(() => adam.run({ param, gradient: tf.zeros([2]), slots: [param, param] }, config)).toThrowError(
    /shape-mismatch/,
  );
});

test('an epsilon that does not hide what the kernels drop of the squares is refused', () => {
  const reason = (op: KernelOp, epsilon: number) => {
    const kernel = all.find((candidate) => candidate.op === op) as unknown as {
      refuse(config: object): string | undefined;
    };
    return kernel.refuse({ epsilon });
  };
  expect(reason('optimizer.adam', 1e-20)).toBe('epsilon below 1e-12');
  expect(reason('optimizer.adam', 1e-12)).toBeUndefined();
  expect(reason('optimizer.rmsprop', 1e-30)).toBe('epsilon below 1e-24');
  expect(reason('optimizer.rmsprop', 1e-7)).toBeUndefined();
});

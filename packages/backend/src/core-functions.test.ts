/** Activations, regularizers and constraints of core on both backends: numbers of Keras, and gradients. */
import { readFileSync } from 'node:fs';
import { activations, constraints, regularizers } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';

interface Golden {
  readonly shape: number[];
  readonly values: number[];
}
interface Elementwise {
  readonly activation: string;
  readonly options: Record<string, unknown>;
  readonly values: number[];
  readonly derivatives: number[];
  readonly kinkValues: number[];
}
interface ByRow {
  readonly activation: string;
  readonly options: Record<string, unknown>;
  readonly x: Golden;
  readonly output: Golden;
  readonly lossWeights: Golden;
  readonly gradient: Golden;
}

const golden = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../goldens/${name}.json`, import.meta.url), 'utf8'));
const { grid, kinks, elementwise, byRow } = golden('activation') as {
  grid: number[];
  kinks: number[];
  elementwise: Elementwise[];
  byRow: ByRow[];
};
const known = new Set(activations.names());
const tensor = ({ shape, values }: Golden): tf.Tensor => tf.tensor(values, shape);

/** Within 1e-5 of the largest that it is computed with, as goldens/README.md has it. */
function expectClose(found: ArrayLike<number>, wanted: readonly number[], scale = 1): void {
  expect(found.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    const tolerance = 1e-5 * Math.max(scale, Math.abs(value));
    expect(Math.abs(found[i]! - value), `value ${i}: ${found[i]} for ${value}`).toBeLessThanOrEqual(
      tolerance,
    );
  });
}

const shown = (name: string, options: Record<string, unknown>): string =>
  Object.keys(options).length === 0 ? name : `${name} ${JSON.stringify(options)}`;

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  const tested = elementwise.filter(({ activation }) => known.has(activation));
  it.each(tested.map((one) => [shown(one.activation, one.options), one] as const))('%s', (_, one) => {
    const before = tf.memory().numTensors;
    const { apply } = activations.resolve({ name: one.activation, config: one.options }, 'test');
    const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => apply(x))(tf.tensor1d(grid));
    expectClose(value.dataSync(), one.values);
    expectClose(grad.dataSync(), one.derivatives);
    tf.tidy(() => expectClose(apply(tf.tensor1d(kinks)).dataSync(), one.kinkValues));
    tf.dispose([value, grad]);
    expect(tf.memory().numTensors).toBe(before + 1); // the grid
  });

  // the grids of the goldens leave kinks out, where frameworks differ
  it.each([
    ['softplus', {}, 0, Math.LN2, 0.5],
    ['mish', {}, 0, 0, 0.6],
    ['leakyRelu', { negativeSlope: 0.3 }, 0, 0, 0.3],
    ['relu', { negativeSlope: 0.3 }, 0, 0, 0.3],
    ['relu6', {}, 0, 0, 0],
    ['relu', { maxValue: 1, threshold: -0.3 }, -0.2, 0, 0],
    ['relu', { maxValue: 1, threshold: -0.3 }, 0.5, 0.5, 1],
    ['relu', { threshold: -0.3 }, -0.2, -0.2, 1],
  ] as const)('%s %o at %d', (name, config, at, wanted, slope) => {
    const { apply } = activations.resolve({ name, config }, 'test');
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((x: tf.Tensor) => apply(x))(tf.tensor1d([at, at, at]));
      expectClose([value.dataSync()[2]!, grad.dataSync()[2]!], [wanted, slope]);
    });
  });

  const rows = byRow.filter(
    ({ activation, options }) => known.has(activation) && Object.keys(options).length === 0,
  );
  it.each(rows.map((one) => [one.activation, one] as const))('%s by row', (_, one) => {
    const { apply } = activations.resolve(one.activation, 'test');
    tf.tidy(() => {
      const x = tensor(one.x);
      expectClose(apply(x).dataSync(), one.output.values);
      const loss = (v: tf.Tensor): tf.Tensor => tf.sum(tf.mul(apply(v), tensor(one.lossWeights)));
      expectClose(tf.grad(loss)(x).dataSync(), one.gradient.values);
    });
  });

  interface Penalty {
    readonly name: string;
    readonly regularizer: string;
    readonly options: Record<string, unknown>;
    readonly x: Golden;
    readonly value: number;
    readonly gradient: Golden;
  }
  const penalties = golden('regularizers').cases as Penalty[];
  it.each(penalties.map((one) => [one.name, one] as const))('regularizer %s', (_, one) => {
    const name = one.regularizer[0]!.toLowerCase() + one.regularizer.slice(1);
    const { apply } = regularizers.resolve(
      { name: name === 'l1L2' ? 'l1l2' : name, config: one.options },
      'test',
    );
    tf.tidy(() => {
      const { value, grad } = tf.valueAndGrad((w: tf.Tensor) => apply(w) as tf.Scalar)(tensor(one.x));
      expect(value.shape).toEqual([]);
      expectClose(value.dataSync(), [one.value]);
      expectClose(grad.dataSync(), one.gradient.values);
    });
  });

  interface Projection {
    readonly name: string;
    readonly constraint: string;
    readonly options: Record<string, unknown>;
    readonly w: Golden;
    readonly result: Golden;
  }
  const projections = golden('constraints').cases as Projection[];
  it.each(projections.map((one) => [one.name, one] as const))('constraint %s', (_, one) => {
    const name = one.constraint[0]!.toLowerCase() + one.constraint.slice(1);
    const { apply } = constraints.resolve({ name, config: one.options }, 'test');
    tf.tidy(() => expectClose(apply(tensor(one.w)).dataSync(), one.result.values));
  });
});

it('goldens hold every activation of core', () => {
  const held = new Set([...elementwise, ...byRow].map(({ activation }) => activation));
  expect([...known].filter((name) => !held.has(name))).toEqual([]);
});

// Golden numbers as tests read and compare them; see goldens/README.md.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

/** A tensor in a golden file. */
export interface Golden {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: 'float32' | 'int32';
}

/** The cases of goldens/<file>.json. */
export function readCases<Case>(file: string): Case[] {
  const url = new URL(`../../goldens/${file}.json`, import.meta.url);
  return (JSON.parse(readFileSync(url, 'utf8')) as { cases: Case[] }).cases;
}

export function tensor({ shape, values, dtype = 'float32' }: Golden): tf.Tensor {
  return tf.tensor(values, shape, dtype);
}

/** |a − b| ≤ 1e-5 · max(1, max|b|), and the same shape. */
export function expectClose(actual: tf.Tensor, golden: Golden, what: string): void {
  expect(actual.shape, what).toEqual(golden.shape);
  const values = actual.dataSync();
  const scale = golden.values.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const worst = golden.values.reduce((most, value, i) => Math.max(most, Math.abs(value - values[i]!)), 0);
  expect(Number.isFinite(worst) ? worst / scale : worst, `${what}: largest difference`).toBeLessThanOrEqual(
    1e-5,
  );
}

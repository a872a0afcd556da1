/** Reads golden numbers, and compares with them. */
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

export interface GoldenTensor {
  readonly shape: number[];
  readonly values: number[];
  readonly dtype?: 'int32';
}

export function readGolden<T>(file: string): T {
  return JSON.parse(readGoldenText(file)) as T;
}

export function readGoldenText(file: string): string {
  return readFileSync(new URL(`../../../../goldens/${file}`, import.meta.url), 'utf8');
}

export function toTensor({ shape, values, dtype = 'float32' as 'int32' }: GoldenTensor): tf.Tensor {
  return tf.tensor(values, shape, dtype);
}

/** |a − b| ≤ tolerance · max(1, max|b|), and the same shape. */
export function expectClose(actual: tf.Tensor, golden: GoldenTensor, tolerance = 1e-5): void {
  expect(actual.shape).toEqual(golden.shape);
  const scale = Math.max(1, ...golden.values.map(Math.abs));
  const values = actual.dataSync();
  const worst = golden.values.reduce(
    (most, value, i) => Math.max(most, Number.isNaN(values[i]!) ? Infinity : Math.abs(values[i]! - value)),
    0,
  );
  expect(worst / scale).toBeLessThanOrEqual(tolerance);
}

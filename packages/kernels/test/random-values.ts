// Values for tests, from a seed.
import { createRng } from '@ostinato/core';

/** Floats in [−scale, scale), all exactly f32. */
export function randomValues(count: number, seed: number, scale = 1): Float32Array {
  const rng = createRng(seed);
  return Float32Array.from({ length: count }, () => rng.uniform(-scale, scale));
}

/** The largest difference, relative to the largest expected value or 1. */
export function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let difference = actual.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  let scale = 1;
  for (let i = 0; i < expected.length; i++) {
    scale = Math.max(scale, Math.abs(expected[i]!));
    difference = Math.max(
      difference,
      Number.isNaN(actual[i]!) ? Number.POSITIVE_INFINITY : Math.abs(actual[i]! - expected[i]!),
    );
  }
  return difference / scale;
}

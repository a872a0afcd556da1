/**
 * Gradients by finite differences, good to about four digits from functions computed in f32.
 *
 * The derivative along a direction is the central difference at two step sizes, extrapolated to zero (Richardson 1911):
 * its error is of fourth order in the step, so the step can be large enough for rounding not to matter. Where the two
 * steps disagree a kink lies between, and nothing can be said.
 */
import type { Rng } from '@ostinato/core';

/** A function of one array of numbers; its values are computed in f32 and added up in double precision. */
export type Scalar = (values: Float32Array) => number;

const STEP = 1 / 64;
/** Directions in which each array is tried, beside single values. */
const DIRECTIONS = 3;
/** Single values of each array that are tried, spread over it. */
const SINGLES = 12;

/** A derivative that does not agree. */
export interface WrongDerivative {
  /** Index of a single value, or undefined for a direction across all of them. */
  readonly index: number | undefined;
  readonly numeric: number;
  readonly analytic: number;
}

export interface GradientCheck {
  /** The worst disagreement beyond the tolerance, if any. */
  readonly wrong: WrongDerivative | undefined;
  /** Places tried, and those of them at a kink, of which nothing can be said. */
  readonly tried: number;
  readonly kinks: number;
}

/** Compares `gradient` with differences of `f` at `values`: single values, and random directions that cover all. */
export function checkGradient(
  f: Scalar,
  values: Float32Array,
  gradient: ArrayLike<number>,
  rng: Rng,
  tolerance: number,
): GradientCheck {
  let [tried, kinks] = [0, 0];
  let wrong: WrongDerivative | undefined;
  let worst = tolerance;
  for (const { index, direction } of directionsOf(values.length, rng)) {
    tried += 1;
    const numeric = derivative(f, values, direction);
    if (numeric === undefined) {
      kinks += 1;
      continue;
    }
    const analytic = direction.reduce((sum, d, i) => (d === 0 ? sum : sum + d * gradient[i]!), 0);
    const error = Math.abs(analytic - numeric) / Math.max(1, Math.abs(numeric));
    if (error > worst || Number.isNaN(error)) {
      [worst, wrong] = [error, { index, numeric, analytic }];
      if (Number.isNaN(error)) break;
    }
  }
  return { wrong, tried, kinks };
}

interface Direction {
  readonly index: number | undefined;
  readonly direction: Float64Array;
}

function* directionsOf(size: number, rng: Rng): Generator<Direction> {
  const singles = Math.min(size, SINGLES);
  for (let k = 0; k < singles; k++) {
    const index = Math.floor((k * size) / singles);
    const direction = new Float64Array(size);
    direction[index] = 1;
    yield { index, direction };
  }
  if (size <= singles) return;
  for (let k = 0; k < DIRECTIONS; k++) {
    const length = Math.sqrt(size);
    const direction = Float64Array.from({ length: size }, () => (rng.int(2) === 0 ? -1 : 1) / length);
    yield { index: undefined, direction };
  }
}

/** df/dt of f(values + t·direction) at 0, or undefined at a kink. */
function derivative(f: Scalar, values: Float32Array, direction: Float64Array): number | undefined {
  const wide = centralDifference(f, values, direction, STEP);
  const narrow = centralDifference(f, values, direction, STEP / 2);
  if (Math.abs(wide - narrow) > 0.02 * Math.max(1, Math.abs(narrow))) return undefined;
  return (4 * narrow - wide) / 3;
}

function centralDifference(f: Scalar, values: Float32Array, direction: Float64Array, step: number): number {
  const moved = (t: number): Float32Array => values.map((value, i) => value + t * direction[i]!);
  return (f(moved(step)) - f(moved(-step))) / (2 * step);
}

/**
 * Gradients by finite differences, good to about three digits from functions computed in f32.
 *
 * The derivative along a direction is the central difference at two step sizes, extrapolated to zero (Richardson 1911):
 * its error is of fourth order in the step, so the step can be large enough for rounding not to matter. Where the two
 * steps disagree, or the slopes on the two sides do not approach each other, a kink lies between: nothing can be said.
 */
import type { Rng } from '@ostinato/core';

/** A function of one array of numbers; its values are computed in f32 and added up in double precision. */
export type Scalar = (values: Float32Array) => number;

/** Where a kink lies near, a smaller step may pass it by. */
const STEPS = [1 / 64, 1 / 256, 1 / 1024];
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
  if (values.length === 0) return { wrong: undefined, tried: 0, kinks: 0 };
  const centre = f(values);
  let [tried, kinks] = [0, 0];
  let wrong: WrongDerivative | undefined;
  let worst = tolerance;
  for (const { index, direction } of directionsOf(values.length, rng)) {
    tried += 1;
    const numeric = derivative((t) => f(moved(values, direction, t)), centre, tolerance);
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

function moved(values: Float32Array, direction: Float64Array, t: number): Float32Array {
  return values.map((value, i) => value + t * direction[i]!);
}

/** df/dt at 0, or undefined at a kink that shows in more than the tolerance. */
function derivative(f: (t: number) => number, centre: number, tolerance: number): number | undefined {
  for (const step of STEPS) {
    const wide = sides(f, centre, step);
    const narrow = sides(f, centre, step / 2);
    const [wideMean, narrowMean] = [mean(wide), mean(narrow)];
    const allowed = 0.5 * tolerance * Math.max(1, Math.abs(narrowMean)); // extrapolating may double it
    // A smooth function's slopes on the two sides differ by half as much at half the step.
    const jump = 2 * (narrow.right - narrow.left) - (wide.right - wide.left);
    if (Math.abs(wideMean - narrowMean) <= allowed && Math.abs(jump) <= allowed) {
      return (4 * narrowMean - wideMean) / 3;
    }
  }
  return undefined;
}

/** Slopes on the two sides. */
interface Sides {
  readonly left: number;
  readonly right: number;
}

function sides(f: (t: number) => number, centre: number, step: number): Sides {
  return { left: (centre - f(-step)) / step, right: (f(step) - centre) / step };
}

function mean({ left, right }: Sides): number {
  return (left + right) / 2;
}

/** Comparing arrays of numbers, with the place and the size of the largest difference. */

export type Values = ArrayLike<number>;

/** The first index at which two arrays differ in a bit (−0 is not 0; NaN is NaN), or undefined. */
export function firstDifference(a: Values, b: Values): number | undefined {
  for (let i = 0; i < Math.max(a.length, b.length); i++) if (!Object.is(a[i], b[i])) return i;
  return undefined;
}

/** A difference beyond what is tolerated. */
export interface Difference {
  readonly index: number;
  readonly expected: number;
  readonly received: number;
}

/**
 * The worst place where |received − expected| > tolerance · max(1, |expected|), or undefined.
 *
 * Not a number on one side alone is the worst there is.
 */
export function worstDifference(
  received: Values,
  expected: Values,
  tolerance: number,
): Difference | undefined {
  let worst: Difference | undefined;
  let worstExcess = 1;
  for (let i = 0; i < Math.max(received.length, expected.length); i++) {
    const [r, e] = [received[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    if (Object.is(r, e)) continue;
    const excess = Math.abs(r - e) / (tolerance * Math.max(1, Math.abs(e)));
    if (excess > worstExcess || Number.isNaN(excess)) {
      worst = { index: i, expected: e, received: r };
      if (Number.isNaN(excess)) return worst;
      worstExcess = excess;
    }
  }
  return worst;
}

/** `[1, 0, 4]`: where a flat index lies in a shape. */
export function positionIn(shape: readonly number[], index: number): string {
  const position: number[] = [];
  let rest = index;
  for (const size of [...shape].reverse()) {
    position.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `[${position.join(', ')}]`;
}

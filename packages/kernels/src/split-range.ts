/** Cuts work into pieces for threads, where the cut does not touch the result. */

/**
 * [0, count) as ranges of nearly equal length that begin at multiples of `grain`, at most `pieces` of them.
 *
 * @example splitRange(40, 2, 16) // [[0, 32], [32, 40]]
 */
export function splitRange(
  count: number,
  pieces: number,
  grain: number,
): readonly (readonly [number, number])[] {
  const step = Math.max(grain, Math.ceil(count / pieces / grain) * grain);
  const ranges: [number, number][] = [];
  for (let first = 0; first < count; first += step) ranges.push([first, Math.min(count, first + step)]);
  return ranges;
}

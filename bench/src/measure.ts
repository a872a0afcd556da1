/** Timing on a shared, noisy machine: repeats, and which of them to believe. */

/** The shortest of `repeats` runs, in milliseconds: noise only ever adds. The first run warms up and does not count. */
export function fastest(repeats: number, run: () => unknown): number {
  run();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

/** Times of runs that wait, in milliseconds; the first three warm up and do not count. */
export async function timesOf(repeats: number, run: () => Promise<unknown>): Promise<number[]> {
  const millis: number[] = [];
  for (let i = 0; i < repeats + 3; i++) {
    const start = performance.now();
    await run();
    if (i >= 3) millis.push(performance.now() - start);
  }
  return millis;
}

/** The middle of a list of numbers. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

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

/** Calls until they have taken `millis` together, `most` at the most and one at least; in milliseconds. */
export function timeCalls(
  call: () => unknown,
  { millis, most }: { readonly millis: number; readonly most: number },
): { readonly millis: number[]; readonly cpuMillis: number; readonly wallMillis: number } {
  const times: number[] = [];
  const cpuStart = process.cpuUsage();
  const start = performance.now();
  let now = start;
  while (times.length === 0 || (times.length < most && now - start < millis)) {
    const callStart = performance.now();
    call();
    now = performance.now();
    times.push(now - callStart);
  }
  const { user, system } = process.cpuUsage(cpuStart);
  return { millis: times, cpuMillis: (user + system) / 1000, wallMillis: now - start };
}

/** What one call takes, in milliseconds, and what it returns. */
export function timeOnce<Result>(call: () => Result): readonly [millis: number, result: Result] {
  const start = performance.now();
  const result = call();
  return [performance.now() - start, result];
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

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

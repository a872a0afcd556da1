/** Sums over the occurrences of each row: what becomes of gradients on the way back through a lookup. */
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRows } from './split-rows.js';

/**
 * out[r] = Σ from[i] over all i with ids[i] = r, in the order of i.
 *
 * Shapes   from f32[count, width] · ids i32[count] → out f32[rows, width]; all addresses
 */
export function sumByRow(
  runtime: KernelRuntime,
  [out, from, ids]: readonly [number, number, number],
  [count, width, rows]: readonly [number, number, number],
): void {
  const met = runtime.storage.heap.settledIntegers(ids, count); // no kernel writes integers
  const calls = splitRows(met, rows, runtime.pieces).map((range) => [out, from, ids, count, width, ...range]);
  runtime.run('embeddingGradient', calls);
}

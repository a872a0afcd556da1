/** Writes the rows of a table that ids name. */
import type { Lookup } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** Ids that are worth a call of their own. */
const LEAST_IDS = 1024;

/** f32[count, width] from `out` on. */
export function lookUp(runtime: KernelRuntime, out: number, { table, ids, count, width }: Lookup): void {
  const calls = splitRange(count, runtime.pieces, LEAST_IDS).map(([first, last]) => [
    out + 4 * first * width,
    table,
    ids + 4 * first,
    last - first,
    width,
  ]);
  runtime.run('embeddingLookup', calls);
}

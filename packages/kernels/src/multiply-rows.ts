/** Products of many rows with panels, on all threads. */
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** Rows that are worth a call of their own. */
const LEAST_ROWS = 64;

/** f32[rows, depth], `row` bytes from one to the next, times panels of `columns` columns → f32[rows, columns]. */
export function multiplyRows(
  runtime: KernelRuntime,
  { out, from, panels }: { readonly out: number; readonly from: number; readonly panels: number },
  [rows, depth, columns]: readonly [number, number, number],
  row = 4 * depth,
): void {
  const outRow = 4 * columns;
  const calls = splitRange(rows, 4 * runtime.pieces, LEAST_ROWS).map(([first, end]) => [
    ...[out + first * outRow, outRow],
    ...[from + first * row, row, depth, 0, 0, 0],
    ...[panels, columns, end - first],
  ]);
  runtime.run('gemmRows', calls);
}

/** How times grow with the sizes: exponents fitted on logarithms. */
import { type LayerKind, layerName, type Mode, modeName } from '../jobs/job.js';
import { isTimed, type Row, type TimedRow } from './row.js';

export const GROWTH_AXES = ['steps', 'batch', 'units'] as const;
export type GrowthAxis = (typeof GROWTH_AXES)[number];

/** What the arithmetic alone would give: H occurs in both sides of a weight matrix. */
export const ARITHMETIC_GROWTH: Readonly<Record<GrowthAxis, number>> = { steps: 1, batch: 1, units: 2 };

const LETTERS: Readonly<Record<GrowthAxis, string>> = { steps: 'T', batch: 'B', units: 'H' };

/** Exponents of millis ≈ c · T^t · B^b · H^h for one peer, layer and mode. */
export interface Growth {
  readonly peer: string;
  readonly layer: LayerKind;
  readonly mode: Mode;
  /** Absent for what has one value in all rows. */
  readonly exponents: Partial<Readonly<Record<GrowthAxis, number>>>;
  readonly rows: number;
}

/** The growth of every peer, layer and mode that has more rows than there are unknowns. */
export function fitGrowth(rows: readonly Row[]): Growth[] {
  const groups = new Map<string, TimedRow[]>();
  for (const row of rows.filter(isTimed)) {
    const key = `${row.job.layer} ${row.mode} ${row.peer}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].flatMap((group) => fitGroup(group) ?? []);
}

function fitGroup(rows: readonly TimedRow[]): Growth | undefined {
  const axes = GROWTH_AXES.filter((axis) => new Set(rows.map(({ job }) => job[axis])).size > 1);
  if (axes.length === 0 || rows.length <= axes.length) return undefined;
  const columns = rows.map(({ job }) => [1, ...axes.map((axis) => Math.log(job[axis]))]);
  const solution = leastSquares(
    columns,
    rows.map(({ fastestMillis }) => Math.log(fastestMillis)),
  );
  if (!solution) return undefined;
  const exponents = Object.fromEntries(axes.map((axis, i) => [axis, solution[i + 1]!]));
  const { peer, mode, job } = rows[0]!;
  return { peer, mode, layer: job.layer, exponents, rows: rows.length };
}

/**
 * The coefficients with the least sum of squared errors, by the normal equations; undefined when the rows do not decide them.
 *
 * @example
 * leastSquares([[1, 0], [1, 1], [1, 2]], [1, 3, 5]); // [1, 2]
 */
export function leastSquares(
  rows: readonly (readonly number[])[],
  values: readonly number[],
): number[] | undefined {
  const count = rows[0]!.length;
  const matrix = Array.from({ length: count }, (_, i) => [
    ...Array.from({ length: count }, (_, j) => dot(rows, (row) => row[i]! * row[j]!)),
    dot(rows, (row, n) => row[i]! * values[n]!),
  ]);
  return solve(matrix);
}

function dot(
  rows: readonly (readonly number[])[],
  term: (row: readonly number[], n: number) => number,
): number {
  return rows.reduce((sum, row, n) => sum + term(row, n), 0);
}

/** Gauss–Jordan with pivoting on [A | b]. */
function solve(matrix: readonly number[][]): number[] | undefined {
  const size = matrix.length;
  const work = matrix.map((row) => [...row]);
  for (let column = 0; column < size; column++) {
    const pivot = work
      .slice(column)
      .reduce((best, row) => (Math.abs(row[column]!) > Math.abs(best[column]!) ? row : best));
    if (Math.abs(pivot[column]!) < 1e-9) return undefined;
    const at = work.indexOf(pivot);
    [work[column], work[at]] = [pivot, work[column]!];
    for (const row of work) {
      if (row === pivot) continue;
      const factor = row[column]! / pivot[column]!;
      for (let k = column; k <= size; k++) row[k]! -= factor * pivot[k]!;
    }
  }
  return work.map((row, i) => row[size]! / row[i]!);
}

/** `LSTM, forward + backward: T^0.99 · B^0.85 · H^1.71. Twice the steps take 1.99 ×, …`. */
export function describeGrowth({ layer, mode, exponents }: Growth): string {
  const known = GROWTH_AXES.filter((axis) => exponents[axis] !== undefined);
  const powers = known.map((axis) => `${LETTERS[axis]}^${exponents[axis]!.toFixed(2)}`).join(' · ');
  const doublings = known.map(
    (axis) => `${(2 ** exponents[axis]!).toFixed(2)} × with twice the ${axis === 'batch' ? 'batch' : axis}`,
  );
  const arithmetic = known.map((axis) => 2 ** ARITHMETIC_GROWTH[axis]).join(', ');
  const name = `${layerName(layer)}, ${modeName(mode)}`;
  return `${name}: the time grows as ${powers}: ${doublings.join(', ')} (the arithmetic: ${arithmetic}).`;
}

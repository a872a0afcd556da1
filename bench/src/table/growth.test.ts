import { expect, it } from 'vitest';
import type { Job } from '../jobs/job.js';
import { jobOf, rowOf } from '../test-support/rows.js';
import { describeGrowth, fitGrowth, leastSquares } from './growth.js';
import type { Row } from './row.js';

const job = (batch: number, steps: number, units: number): Job => jobOf('lstm', batch, steps, units);

const untimed = { mode: 'train', peer: 'ours', untimed: 'failed', trouble: true } as const;
const row = (size: Job, millis: number, peer = 'ours'): Row => rowOf(size, peer, millis);

/** Rows of every combination under a law. */
const rowsOf = (law: (batch: number, steps: number, units: number) => number): Row[] =>
  [1, 32, 256].flatMap((batch) =>
    [50, 500].flatMap((steps) =>
      [32, 256].map((units) => row(job(batch, steps, units), law(batch, steps, units))),
    ),
  );

it('finds the exponents of a power law, each at its own size', () => {
  const [growth] = fitGrowth(rowsOf((b, t, h) => 3e-5 * b ** 0.8 * t ** 0.95 * h ** 1.7));
  expect(growth!.exponents.batch).toBeCloseTo(0.8, 9);
  expect(growth!.exponents.steps).toBeCloseTo(0.95, 9);
  expect(growth!.exponents.units).toBeCloseTo(1.7, 9);
  expect(growth!.rows).toBe(12);
});

it('takes the best line through what is no power law', () => {
  const [growth] = fitGrowth(rowsOf((b) => 1 + b));
  expect(growth!.exponents.batch).toBeGreaterThan(0.8);
  expect(growth!.exponents.batch).toBeLessThan(1);
  expect(growth!.exponents.steps).toBeCloseTo(0, 9);
});

it('keeps peers apart and leaves out sizes that do not vary', () => {
  const rows = [1, 2, 4].flatMap((steps) => [
    row(job(8, steps, 3), steps),
    row(job(8, steps, 3), steps ** 2, 'torch'),
  ]);
  expect(fitGrowth(rows).map(({ peer, exponents }) => [peer, Object.keys(exponents)])).toEqual([
    ['ours', ['steps']],
    ['torch', ['steps']],
  ]);
  expect(fitGrowth(rows)[1]!.exponents.steps).toBeCloseTo(2, 9);
});

it('says nothing from too few rows, or from none with a time', () => {
  expect(fitGrowth([row(job(1, 50, 32), 1)])).toEqual([]);
  expect(fitGrowth([{ job: job(1, 50, 32), ...untimed }])).toEqual([]);
  // steps and units double together: nobody can tell whose doing it is
  expect(fitGrowth([row(job(1, 50, 32), 1), row(job(1, 100, 64), 2), row(job(1, 200, 128), 4)])).toEqual([]);
});

it('leaves residuals at right angles to every column, with rows that need pivoting', () => {
  const rows = [
    [0, 1, 1],
    [2, 0, 1],
    [1, 1, 0],
    [3, 1, 1],
  ];
  const values = [5, 5, 3, 10];
  const solution = leastSquares(rows, values)!;
  const residuals = rows.map((row, i) => values[i]! - row.reduce((sum, v, k) => sum + v * solution[k]!, 0));
  expect(Math.max(...residuals.map(Math.abs))).toBeGreaterThan(0.1);
  for (const column of [0, 1, 2]) {
    expect(residuals.reduce((sum, r, i) => sum + r * rows[i]![column]!, 0)).toBeCloseTo(0, 9);
  }
});

it('reads as a sentence with the arithmetic beside it', () => {
  const text = describeGrowth({
    peer: 'ours',
    layer: 'gru',
    mode: 'forward',
    exponents: { steps: 1, batch: 0.5, units: 2 },
    rows: 9,
  });
  expect(text).toBe(
    'GRU, forward: the time grows as T^1.00 · B^0.50 · H^2.00: 2.00 × with twice the steps, 1.41 × with twice the batch, 4.00 × with twice the units (the arithmetic: 2, 2, 4).',
  );
});

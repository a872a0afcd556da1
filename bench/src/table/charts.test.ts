import { expect, it } from 'vitest';
import { jobOf, rowOf } from '../test-support/rows.js';
import { drawCharts } from './charts.js';
import type { Row } from './row.js';

const sweep = (units: readonly number[], batch: number): Row[] =>
  units.flatMap((h) => {
    const job = jobOf('gru', batch, 50, h);
    return [rowOf(job, 'ours', h / 10), rowOf(job, 'torch', h / 5), rowOf(job, 'ours', h / 30, 'forward')];
  });

it('draws a chart for what has at least two sizes, at the sizes that were measured', () => {
  const charts = drawCharts(sweep([3, 6, 12], 8), 50);
  expect(charts.map(({ name }) => name)).toEqual(['time-by-units', 'rate-by-units']);
  const [time, rate] = charts;
  expect(time!.svg).toContain('at B = 8, T = 50');
  expect(time!.svg.match(/<circle/g)).toHaveLength(9);
  expect(rate!.svg).toContain('f32x4 ceiling');
});

it('takes the longest sweep, and of equals the one at the reference sizes', () => {
  const rows = [...sweep([32, 64], 1), ...sweep([32, 64], 64), ...sweep([32, 64], 256)];
  expect(drawCharts(rows, 50)[0]!.svg).toContain('at B = 64, T = 50');
  expect(drawCharts([...rows, ...sweep([128], 256)], 50)[0]!.svg).toContain('at B = 256, T = 50');
});

it('draws nothing from one size, or from none', () => {
  expect(drawCharts(sweep([32], 8), 50)).toEqual([]);
  expect(drawCharts([], 50)).toEqual([]);
});

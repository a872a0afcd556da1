import { expect, it } from 'vitest';
import type { Machine } from '../machine.js';
import { jobOf, rowOf } from '../test-support/rows.js';
import { composeReport } from './compose-report.js';
import type { Row } from './row.js';
import type { TableFigures } from './run-table.js';

const machine: Machine = {
  cpu: 'A cpu',
  cores: 2,
  system: 'linux x64',
  node: 'v20',
  tfjs: '4',
  commit: 'abc',
};

const figures = (rows: Row[], more: Partial<TableFigures> = {}): TableFigures => ({
  threads: 2,
  ceiling: { highest: 50, median: 49 },
  versions: { torch: { python: '3.11', torch: '2.13' } },
  missing: [{ name: 'keras-jax', missing: "No module named 'jax'" }],
  rows,
  ...more,
});

const rows: Row[] = Array.from({ length: 20 }, (_, i) => jobOf('gru', i + 1, 50, 32)).flatMap((job) => [
  { ...rowOf(job, 'ours', 2), remark: 'no plugin brings a kernel' },
  { ...rowOf(job, 'torch', 1), difference: 3e-7 },
]);

it('tells the machine, versions, agreement, who is missing, and what is not fused', () => {
  const text = composeReport(machine, figures(rows), 'text');
  expect(text).toContain('A cpu, 2 cores, linux x64, Node v20, tfjs 4, commit abc');
  expect(text).toContain('2 threads for everyone; outputs of the last step');
  expect(text).toContain('agree to 3.0e-7 of the largest value');
  expect(text).toContain('torch: python 3.11, torch 2.13');
  expect(text).toContain("keras-jax: No module named 'jax'");
  expect(text).toContain('* not fused: no plugin brings a kernel');
  expect(text).toContain('ceiling 50.0 GFLOP/s a thread (the median reading 49.0)');
});

it('has the ceiling of all threads in the shares', () => {
  const job = jobOf('lstm', 64, 500, 32);
  const millis = (3 * 2 * 64 * 500 * 4 * 32 * 64) / 100 / 1e6; // 100 GFLOP/s
  expect(composeReport(machine, figures([rowOf(job, 'ours', millis)]), 'text')).toMatch(/100\.0 +100 %/);
});

it('shortens long lists on a terminal, not in Markdown, which shows the charts', () => {
  const text = composeReport(machine, figures(rows), 'text');
  expect(text.match(/torch takes 0\.50 × our time/g)).toHaveLength(12);
  expect(text).toContain('… and 8 more in report.md');
  const markdown = composeReport(machine, figures(rows), 'markdown', ['time-by-batch.svg']);
  expect(markdown.match(/torch takes 0\.50 × our time/g)).toHaveLength(20);
  expect(markdown).toContain('![time-by-batch.svg](time-by-batch.svg)');
  expect(markdown).toContain('## GRU, forward + backward');
});

it('leaves out sections that are empty', () => {
  const text = composeReport(machine, figures([], { missing: [], versions: {} }), 'text');
  expect(text).not.toMatch(/Growth|faster|Without|First/);
});

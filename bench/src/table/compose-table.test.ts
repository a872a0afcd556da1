import { expect, it } from 'vitest';
import { jobOf, rowOf } from '../test-support/rows.js';
import { composeTable, untimedReasons } from './compose-table.js';
import type { Row } from './row.js';
import { showMillis, showRatio } from './show-numbers.js';
import { markdownTable, textTable } from './show-table.js';
import { describeSlower, type SlowerSize, slowerSizes } from './slower-sizes.js';

const small = jobOf('lstm', 1, 50, 32);
const large = jobOf('lstm', 64, 500, 128);
const rows: Row[] = [
  rowOf(small, 'ours', 0.05),
  rowOf(small, 'torch', 0.04),
  rowOf(large, 'ours', 200),
  rowOf(large, 'torch', 1480),
  { job: large, mode: 'train', peer: 'tfjs-layers', untimed: 'takes too long', trouble: false },
  { job: large, mode: 'forward', peer: 'tfjs-layers', untimed: 'takes too long', trouble: false },
  rowOf(small, 'tfjs-layers', 4.3),
];
const options = { layer: 'lstm', mode: 'train', peers: ['torch', 'tfjs-layers'], ceiling: 50 } as const;

it('has ours with its part of the ceiling, then each peer with how many times ours it takes', () => {
  const rate = (3 * 2 * 64 * 500 * 4 * 128 * 256) / 200 / 1e6;
  expect(composeTable(rows, options)).toEqual([
    ['B', 'T', 'H', 'ours, fastest', 'median', 'GFLOP/s', 'of ceiling', 'torch', 'tfjs-layers'],
    ['1', '50', '32', '0.0500 ms', '0.100 ms', '49.2', '98 %', '0.0400 ms (0.80 ×)', '4.30 ms (86 ×)'],
    [
      '64',
      '500',
      '128',
      '200 ms',
      '400 ms',
      rate.toFixed(1),
      `${(2 * rate).toFixed(0)} %`,
      '1,480 ms (7.4 ×)',
      '–',
    ],
  ]);
});

it('says once why there is no time', () => {
  expect(untimedReasons(rows)).toEqual(['tfjs-layers: takes too long (2 rows)']);
});

it('finds where the fastest of the others is faster', () => {
  const describe = (size: SlowerSize): string => describeSlower(size, 50);
  expect(slowerSizes(rows).map(describe)).toEqual([
    'LSTM B=1 T=50 H=32, forward + backward: torch takes 0.80 × our time; of the ceiling ours has 98 %, it 123 %',
  ]);
  expect(slowerSizes([...rows, rowOf(large, 'keras-jax', 150)]).map(describe)[0]).toContain(
    'keras-jax takes 0.75 ×',
  );
});

it('sets columns right, or writes Markdown', () => {
  const cells = [
    ['a', 'long'],
    ['100', '1'],
  ];
  expect(textTable(cells)).toBe('  a  long\n100     1');
  expect(markdownTable(cells)).toBe('| a | long |\n| ---: | ---: |\n| 100 | 1 |');
});

it('writes three figures of a time and two of a ratio', () => {
  expect([0.00421, 0.421, 4.211, 42.11, 421.1, 42_110].map(showMillis)).toEqual([
    '0.0042 ms',
    '0.421 ms',
    '4.21 ms',
    '42.1 ms',
    '421 ms',
    '42,110 ms',
  ]);
  expect([0.00312, 0.5, 1, 2.34, 86.2].map(showRatio)).toEqual([
    '0.0031 ×',
    '0.50 ×',
    '1.0 ×',
    '2.3 ×',
    '86 ×',
  ]);
});

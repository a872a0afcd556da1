import { expect, it } from 'vitest';
import { jobOf, rowOf } from '../test-support/rows.js';
import { meanRatios } from './mean-ratios.js';

const [small, large] = [jobOf('gru', 1, 50, 32), jobOf('gru', 64, 500, 32)];

it('takes the geometric mean over the sizes that both have, and counts where we are faster', () => {
  const rows = [
    rowOf(small, 'ours', 1),
    rowOf(small, 'torch', 0.5),
    rowOf(large, 'ours', 10),
    rowOf(large, 'torch', 80),
    rowOf(large, 'tfjs-layers', 860),
    rowOf(jobOf('lstm', 1, 50, 32), 'ours', 1),
  ];
  expect(meanRatios(rows, ['torch', 'tfjs-layers'])).toEqual([
    ['geometric mean (faster at)', 'torch', 'tfjs-layers'],
    ['GRU, forward + backward', '2.0 × (1/2)', '86 × (1/1)'],
  ]);
});

it('is empty without another library', () => {
  expect(meanRatios([rowOf(small, 'ours', 1)], [])).toEqual([]);
  expect(meanRatios([rowOf(small, 'ours', 1)], ['torch'])).toEqual([]);
});

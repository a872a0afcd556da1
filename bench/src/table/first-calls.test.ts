import { expect, it } from 'vitest';
import { jobOf, rowOf } from '../test-support/rows.js';
import { firstCalls } from './first-calls.js';

it('takes the median over the sizes, for us too', () => {
  const rows = [1, 2, 4].flatMap((batch) => {
    const job = jobOf('lstm', batch, 50, 32);
    return [
      { ...rowOf(job, 'ours', 1), firstCallMillis: 10 * batch },
      { ...rowOf(job, 'torch', 1, 'forward'), firstCallMillis: 1000 * batch },
    ];
  });
  expect(firstCalls(rows, ['torch'])).toEqual([
    ['median of all sizes', 'ours', 'torch'],
    ['LSTM, forward', '–', '2,000 ms'],
    ['LSTM, forward + backward', '20.0 ms', '–'],
  ]);
  expect(firstCalls([], ['torch'])).toEqual([]);
});

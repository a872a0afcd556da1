import { expect, it } from 'vitest';
import { judgeProgram, type ProgramFigures } from './whole-program.js';

const run = (threads: number, total: number) => ({ threads, load: 1, train: total - 2, evaluate: 1, total });

/** Its steps take 29.6 s at the ceiling on one thread. */
const figures = (...runs: [threads: number, total: number][]): ProgramFigures => ({
  ceiling: 41.57,
  steps: 3130,
  runs: runs.map(([threads, total]) => run(threads, total)),
  atOnce: [
    [56, 58],
    [57, 91],
  ],
  weightsSha256: 'a',
});

it('holds medians against each other and against the ceiling', () => {
  const verdicts = judgeProgram(figures([1, 50], [2, 29], [1, 52], [2, 31], [1, 90], [2, 30]));
  expect(verdicts.map(({ measured, target }) => [measured, target?.met])).toEqual([
    ['41.6 GFLOP/s', undefined],
    ['1.76 × the 29.6 s of its steps at the ceiling', undefined],
    ['2.03 × the 14.8 s of its steps at the ceiling', true],
    ['0.577 × its time', true],
    ['1.11 × one alone: two threads that never wait would take about 0.55 ×', undefined],
  ]);
});

it('says what is missed', () => {
  const verdicts = judgeProgram(figures([1, 50], [2, 34], [1, 54], [2, 33]));
  expect(verdicts.flatMap(({ target }) => target?.met ?? [])).toEqual([false, false]);
});

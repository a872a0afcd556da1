import { describe, expect, it } from 'vitest';
import { addingProblem } from './adding-problem.js';

type Split = ReturnType<typeof addingProblem>['train'];

/** The steps of a row that are marked, and the values there. */
function marksOf({ x }: Split, row: number): { steps: number[]; values: number[] } {
  const steps = x.shape[1];
  const at = (step: number, channel: number) => x.data[(row * steps + step) * 2 + channel]!;
  const marked = Array.from({ length: steps }, (_, step) => step).filter((step) => at(step, 1) !== 0);
  for (const step of marked) expect(at(step, 1)).toBe(1);
  return { steps: marked, values: marked.map((step) => at(step, 0)) };
}

describe.each([2, 7, 20])('of %i steps', (steps) => {
  const { train } = addingProblem({ steps, train: 400, test: 1, seed: 3 });
  const rows = Array.from({ length: 400 }, (_, row) => marksOf(train, row));

  it('has one mark in each half, at every step of it', () => {
    const half = Math.floor(steps / 2);
    for (const marks of rows) {
      expect(marks.steps.length).toBe(2);
      expect(marks.steps[0]).toBeLessThan(half);
      expect(marks.steps[1]).toBeGreaterThanOrEqual(half);
    }
    expect(new Set(rows.flatMap((marks) => marks.steps)).size).toBe(steps);
  });

  it('asks for the sum of the marked values', () => {
    rows.forEach(({ values }, row) => {
      expect(train.y.data[row]).toBe(Math.fround(values[0]! + values[1]!));
    });
  });
});

it('draws values evenly from [0, 1), and answering 1 has the error of the baseline', () => {
  const { train, baseline } = addingProblem({ steps: 30, train: 20_000, test: 1 });
  const values = train.x.data.filter((_, i) => i % 2 === 0);
  expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  const counts = new Array<number>(10).fill(0);
  for (const value of values) counts[Math.floor(value * 10)]! += 1;
  const each = 60_000;
  expect(counts.reduce((sum, count) => sum + (count - each) ** 2 / each, 0)).toBeLessThan(27.9); // one in a thousand
  const error = train.y.data.reduce((sum, y) => sum + (y - 1) ** 2, 0) / 20_000;
  expect(baseline.loss).toBeCloseTo(0.16667, 5);
  expect(Math.abs(error - baseline.loss)).toBeLessThan(0.006); // four deviations
});

it('draws both splits apart, and a longer one begins with the shorter', () => {
  const long = addingProblem({ steps: 9, train: 20, test: 20, seed: 5 });
  const short = addingProblem({ steps: 9, train: 4, test: 3, seed: 5 });
  expect(short.train.x.data).toEqual(long.train.x.data.slice(0, 4 * 9 * 2));
  expect(short.test.y.data).toEqual(long.test.y.data.slice(0, 3));
  expect(long.test.x.data).not.toEqual(long.train.x.data);
});

it('keeps its numbers from version to version', () => {
  const { x, y } = addingProblem({ steps: 4, train: 1, test: 1, seed: 42 }).train;
  expect([...x.data, ...y.data]).toEqual([
    0.9078511595726013, 1, 0.9785276651382446, 0, 0.03363478183746338, 1, 0.7517736554145813, 0,
    0.9414859414100647,
  ]);
});

import { expect, it } from 'vitest';
import { ANSWER_NAMES, type AnswerName, type Answers } from '../jobs/job.js';
import { agrees, largestDifference, TOLERANCE } from './compare-answers.js';

const answers = (change: Partial<Record<AnswerName, number[]>> = {}): Answers =>
  Object.fromEntries(
    ANSWER_NAMES.map((name) => [name, Float32Array.from(change[name] ?? [1, -200, 0.5])]),
  ) as Answers;

it('measures the worst value against the largest of its own tensor', () => {
  const difference = largestDifference(
    answers(),
    answers({ 'd-kernel': [1, -200, 0.75], 'd-x': [1, -200.5, 0.5] }),
  );
  expect(difference).toEqual({ answer: 'd-x', worst: 0.0025 });
  expect(agrees(difference)).toBe(false);
});

it('agrees with what differs by rounding, and with itself', () => {
  expect(agrees(largestDifference(answers(), answers({ output: [1.001, -200, 0.5] })))).toBe(true);
  expect(agrees(largestDifference(answers(), answers({ output: [1.01, -200, 0.5] })))).toBe(false);
  expect(largestDifference(answers(), answers()).worst).toBe(0);
  expect(TOLERANCE).toBeLessThan(1e-4);
});

it.each(ANSWER_NAMES)('does not agree with NaN in %s, whichever is looked at first', (name) => {
  const broken = answers({ [name]: [1, Number.NaN, 0.5] });
  expect(largestDifference(answers(), broken)).toEqual({ answer: name, worst: Number.POSITIVE_INFINITY });
  expect(agrees(largestDifference(broken, answers()))).toBe(false);
  expect(agrees(largestDifference(broken, broken))).toBe(false);
});

it('does not agree when ours is all zeros and theirs is not', () => {
  expect(
    agrees(largestDifference(answers({ 'd-bias': [0, 0, 0] }), answers({ 'd-bias': [0, 1e-30, 0] }))),
  ).toBe(false);
});

it('refuses answers of another size', () => {
  expect(() => largestDifference(answers(), answers({ 'd-bias': [1, 2] }))).toThrow(
    'd-bias has 2 values instead of 3',
  );
});

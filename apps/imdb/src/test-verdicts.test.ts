import { expect, it } from 'vitest';
import { confusionOf, mostWrong } from './test-verdicts.js';

const labels = [1, 1, 1, 0, 0, 0, 0];
const probabilities = [0.9, 0.5, 0.01, 0.2, 0.51, 0.99, 0.99];

it('counts a review as positive above one half, as Keras does', () => {
  expect(confusionOf(probabilities, labels)).toEqual({
    truePositive: 1,
    falseNegative: 2,
    falsePositive: 3,
    trueNegative: 1,
  });
});

it('lists the misjudged reviews, the surest first, equal ones by row', () => {
  expect(mostWrong(probabilities, labels, 4)).toEqual([
    { row: 2, label: 1, probability: 0.01 },
    { row: 5, label: 0, probability: 0.99 },
    { row: 6, label: 0, probability: 0.99 },
    { row: 4, label: 0, probability: 0.51 },
  ]);
  expect(mostWrong([1, 0], [1, 0], 4)).toEqual([]);
});

import { describe, expect, it } from 'vitest';
import { firstDifference, positionIn, worstDifference } from './compare-values.js';

describe('firstDifference', () => {
  it.each<[number[], number[], number | undefined]>([
    [[], [], undefined],
    [[1, Number.NaN], [1, Number.NaN], undefined],
    [[1, 2, 3], [1, 2, 4], 2],
    [[0], [-0], 0],
    [[1, 2], [1], 1],
    [[1], [1, 2], 1],
  ])('of %j and %j is at %s', (a, b, index) => {
    expect(firstDifference(a, b)).toBe(index);
  });
});

describe('worstDifference', () => {
  it('allows what the tolerance allows, relative to values above 1', () => {
    expect(worstDifference([1.00001, 2000.02], [1, 2000], 2e-5)).toBeUndefined();
    expect(worstDifference([0.0001], [0], 1e-5)).toEqual({ index: 0, expected: 0, received: 0.0001 });
  });

  it('finds the worst, not the first', () => {
    expect(worstDifference([1.1, 5, 1.2], [1, 1, 1], 1e-3)?.index).toBe(1);
  });

  it.each<[number[], number[]]>([
    [
      [1.5, Number.NaN],
      [1, 1],
    ],
    [
      [1.5, 1],
      [1, Number.NaN],
    ],
    [
      [1.5, Number.NEGATIVE_INFINITY],
      [1, Number.POSITIVE_INFINITY],
    ],
    [[1.5], [1, 1]],
    [[1.5, 1], [1]],
  ])('finds nothing worse than what is no number or not there: %j for %j', (received, expected) => {
    expect(worstDifference(received, expected, 1e-3)?.index).toBe(1);
  });

  it('takes not a number on both sides, and equal infinities', () => {
    const odd = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(worstDifference(odd, odd, 1e-9)).toBeUndefined();
  });
});

it('positionIn counts row by row', () => {
  expect(positionIn([2, 3, 4], 0)).toBe('[0, 0, 0]');
  expect(positionIn([2, 3, 4], 23)).toBe('[1, 2, 3]');
  expect(positionIn([2, 3, 4], 5)).toBe('[0, 1, 1]');
  expect(positionIn([], 0)).toBe('[]');
});

import { describe, expect, test } from 'vitest';
import { splitRange } from './split-range.js';

describe('splitRange', () => {
  test('covers the whole range once, cut at multiples of the grain', () => {
    for (const count of [0, 1, 15, 16, 17, 40, 1000]) {
      for (const pieces of [1, 2, 3, 7]) {
        const ranges = splitRange(count, pieces, 16);
        expect(ranges.length).toBeLessThanOrEqual(pieces);
        expect(
          ranges.flatMap(([first, last]) => Array.from({ length: last - first }, (_, i) => first + i)),
        ).toEqual(Array.from({ length: count }, (_, i) => i));
        expect(ranges.every(([first]) => first % 16 === 0)).toBe(true);
      }
    }
  });
});

import { createRng } from '@ostinato/core';
import { expect, test } from 'vitest';
import { splitRows } from './split-rows.js';

test('one piece is all rows', () => {
  expect(splitRows(Int32Array.of(1, 2), 5, 1)).toEqual([[0, 5]]);
});

test('a row that is met often fills a range alone', () => {
  expect(splitRows(Int32Array.of(0, 0, 0, 0, 5), 8, 2)).toEqual([
    [0, 1],
    [1, 8],
  ]);
});

test('the rows behind one that is more than its share are cut evenly', () => {
  const ids = Int32Array.from({ length: 4000 }, (_, i) => (i % 4 < 3 ? 0 : 1 + (i % 997)));
  const [padding, ...others] = splitRows(ids, 1000, 4);
  expect(padding).toEqual([0, 1]);
  const work = others.map(([first, last]) => ids.filter((id) => id >= first && id < last).length);
  expect(work).toHaveLength(3);
  expect(Math.max(...work)).toBeLessThan(1.2 * (1000 / 3));
});

test.each([2, 3, 7])('%i ranges follow each other, cover all rows and share the work', (pieces) => {
  const rng = createRng(3);
  for (const rows of [1, 5, 100, 1000]) {
    const ids = Int32Array.from({ length: 5000 }, () => rng.int(1 + rng.int(rows))); // small ids are met more often
    const ranges = splitRows(ids, rows, pieces);
    expect(ranges.length).toBeLessThanOrEqual(pieces);
    expect(ranges[0]![0]).toBe(0);
    expect(ranges.at(-1)![1]).toBe(rows);
    ranges.slice(1).forEach(([first], i) => expect(first).toBe(ranges[i]![1]));
    if (rows < 1000) continue;
    const work = ranges.map(([first, last]) => ids.filter((id) => id >= first && id < last).length);
    expect(Math.max(...work)).toBeLessThan(1.2 * (5000 / pieces));
  }
});

test.each([32, 100, 33])(
  'the cut is even for 4096 sequences of %i steps that begin with padding',
  (steps) => {
    const rng = createRng(4);
    const ids = Int32Array.from({ length: 4096 * steps }, (_, i) => (i % steps < 3 ? 0 : rng.int(10_000)));
    const ranges = splitRows(ids, 10_000, 4);
    const work = ranges.map(([first, last]) => ids.filter((id) => id > 0 && id >= first && id < last).length);
    expect(ranges).toHaveLength(4);
    expect(Math.max(...work)).toBeLessThan(1.25 * (ids.length / 4));
  },
);

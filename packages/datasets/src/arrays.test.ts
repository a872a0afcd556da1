import { expect, it } from 'vitest';
import { raggedRows, rowAt, rowCount } from './arrays.js';

const rows = raggedRows([[1, 2], [], [3]]);

it('keeps rows one after the other', () => {
  expect([...rows.data]).toEqual([1, 2, 3]);
  expect([...rows.offsets]).toEqual([0, 2, 2, 3]);
  expect(rowCount(rows)).toBe(3);
  expect([0, 1, 2].map((i) => [...rowAt(rows, i)])).toEqual([[1, 2], [], [3]]);
});

it.each([-1, 3, 0.5, Number.NaN])('has no row %s', (index) => {
  expect(() => rowAt(rows, index)).toThrow(/from 0 to 2; received .*\(row-out-of-range\)/);
});

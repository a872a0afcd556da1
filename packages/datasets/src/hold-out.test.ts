import { expect, it } from 'vitest';
import { raggedRows, rowAt, rowCount } from './arrays.js';
import { holdOut } from './hold-out.js';

const rows = [[1], [2, 2], [], [4, 4, 4], [5], [6, 6], [7]];
const labelled = { x: raggedRows(rows), y: { data: Float32Array.from(rows.keys()), shape: [7] as const } };

it.each([
  [0.2, 5],
  [0.5, 3],
  [0.1, 6],
])('a part of %f leaves the first %i rows', (part, left) => {
  const { train, validation } = holdOut(labelled, part);
  const parts = [train, validation].flatMap(({ x }) =>
    Array.from({ length: rowCount(x) }, (_, i) => [...rowAt(x, i)]),
  );
  expect(parts).toEqual(rows);
  expect([train.x.offsets[0], validation.x.offsets[0]]).toEqual([0, 0]);
  expect([rowCount(train.x), train.y.shape, validation.y.shape]).toEqual([left, [left], [7 - left]]);
  expect([...train.y.data, ...validation.y.data]).toEqual([...rows.keys()]);
});

it.each([0, 1, -0.5, 0.99, Number.NaN, '0.2' as never])('refuses a part of %s', (part) => {
  expect(() => holdOut(labelled, part)).toThrow(/of 7 samples; received .*\(validation-split\)$/);
});

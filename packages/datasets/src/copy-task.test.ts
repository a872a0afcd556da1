import { describe, expect, it } from 'vitest';
import { copyTask } from './copy-task.js';

describe.each([
  { steps: 1, length: 2, symbols: 3 },
  { steps: 7, length: 3, symbols: 5 },
  { steps: 20, length: 10, symbols: 8 },
])('of %o', ({ steps, length, symbols }) => {
  const { train, ids } = copyTask({ steps, length, symbols, train: 200, test: 1 });
  const width = steps + 2 * length;
  const row = (data: Int32Array, index: number) => [...data.subarray(index * width, (index + 1) * width)];

  it('shows symbols, blanks, the delimiter, blanks', () => {
    expect(ids).toEqual({ count: symbols + 2, blank: symbols, delimiter: symbols + 1 });
    expect(train.x.shape).toEqual([200, width]);
    for (let i = 0; i < 200; i++) {
      const x = row(train.x.data, i);
      for (const id of x.slice(0, length)) expect(id >= 0 && id < symbols).toBe(true);
      expect(x.slice(length)).toEqual([
        ...Array(steps - 1).fill(ids.blank),
        ids.delimiter,
        ...Array(length).fill(ids.blank),
      ]);
    }
  });

  it('asks for blanks, and at the end for the symbols in their order', () => {
    for (let i = 0; i < 200; i++) {
      const shown = row(train.x.data, i).slice(0, length);
      expect(row(train.y.data, i)).toEqual([...Array(steps + length).fill(ids.blank), ...shown]);
    }
  });

  it('draws every symbol about equally often at every place', () => {
    for (let place = 0; place < length; place++) {
      const counts = new Array<number>(symbols).fill(0);
      for (let i = 0; i < 200; i++) counts[train.x.data[i * width + place]!]! += 1;
      for (const count of counts) expect(Math.abs(count - 200 / symbols)).toBeLessThan(30);
    }
  });
});

it('has the baseline of the literature: 10·ln 8 / (T + 20)', () => {
  const { baseline, train } = copyTask({ train: 1, test: 1 });
  expect(baseline.loss).toBeCloseTo(20.79442 / 220, 7);
  expect(train.x.shape).toEqual([1, 220]);
});

it('draws both splits apart, and a longer one begins with the shorter', () => {
  const long = copyTask({ steps: 9, train: 20, test: 20, seed: 5 });
  const short = copyTask({ steps: 9, train: 4, test: 3, seed: 5 });
  expect(short.train.x.data).toEqual(long.train.x.data.slice(0, 4 * 29));
  expect(short.test.y.data).toEqual(long.test.y.data.slice(0, 3 * 29));
  expect(long.test.x.data).not.toEqual(long.train.x.data);
});

it('keeps its numbers from version to version', () => {
  expect([...copyTask({ steps: 1, train: 1, test: 1, seed: 42 }).train.y.data]).toEqual([
    8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 2, 3, 0, 5, 2, 4, 0, 4, 5, 2,
  ]);
});

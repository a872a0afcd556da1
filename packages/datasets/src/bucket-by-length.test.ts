import { createRng } from '@ostinato/core';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { raggedRows } from './arrays.js';
import { bucketByLength } from './bucket-by-length.js';

/** Rows whose first id tells them apart, of lengths from 1 to 60, and a target that says which one it is. */
function corpus(count: number) {
  const rng = createRng(4);
  const rows = Array.from({ length: count }, (_, i) => {
    return Int32Array.from({ length: 1 + rng.int(60) }, (_, k) => (k === 0 ? i + 1 : 7));
  });
  const y = { data: Float32Array.from(rows.keys()), shape: [count] as const };
  return { rows, x: raggedRows(rows), y };
}

const { rows, x, y } = corpus(101);

it('gives every sequence once in each epoch, with its target and its place', () => {
  const buckets = bucketByLength({ x, y }, { batchSize: 8, seed: 3 });
  expect(buckets.length).toBe(13);
  for (const batches of [[...buckets.epoch(0)], [...buckets.epoch(5)], [...buckets]]) {
    expect(batches.map((batch) => batch.rows.length).sort((a, b) => a - b)).toEqual([
      5,
      ...Array(12).fill(8),
    ]);
    const seen = batches.flatMap((batch) => [...batch.rows]);
    expect(seen.sort((a, b) => a - b)).toEqual([...rows.keys()]);
    for (const batch of batches) {
      const [size, width] = batch.x.shape;
      expect([batch.y.shape, [...batch.y.data]]).toEqual([[size], [...batch.rows]]);
      expect(width).toBe(Math.max(...Array.from(batch.rows, (row) => rows[row]!.length)));
      for (const [i, row] of batch.rows.entries()) {
        const padded = [...batch.x.data.subarray(i * width, (i + 1) * width)];
        expect(padded).toEqual([...Array(width - rows[row]!.length).fill(0), ...rows[row]!]);
      }
    }
  }
});

it('keeps lengths near: far less padding than at random, the least without an epoch', () => {
  const padded = (batches: Iterable<{ x: { data: Int32Array } }>) =>
    [...batches].reduce((sum, batch) => sum + batch.x.data.length, 0);
  const ids = x.data.length;
  const sorted = padded(bucketByLength({ x }, { batchSize: 8 }));
  const mixed = padded(bucketByLength({ x }, { batchSize: 8 }).epoch(0));
  const random = padded(bucketByLength({ x }, { batchSize: 8, noise: 1 }).epoch(0));
  expect(sorted).toBeLessThan(1.12 * ids);
  expect(mixed).toBeLessThan(1.25 * ids);
  expect(sorted).toBeLessThan(mixed);
  expect(mixed).toBeLessThan(random);
});

it('pads to a multiple, and not beyond the longest that is allowed', () => {
  const widths = (options: object) => [
    ...new Set(
      [...bucketByLength({ x }, { batchSize: 8, ...options }).epoch(0)].map((batch) => batch.x.shape[1]),
    ),
  ];
  const free = widths({});
  const rounded = widths({ padToMultipleOf: 16 });
  expect(free.length).toBeGreaterThan(8);
  expect(rounded.sort((a, b) => a - b)).toEqual([16, 32, 48, 64]);
  expect(Math.max(...widths({ padToMultipleOf: 16, maxLen: 50 }))).toBe(50);
  const [plain] = bucketByLength({ x, y }, { batchSize: 8 });
  const [wide] = bucketByLength({ x, y }, { batchSize: 8, padToMultipleOf: 16 });
  const [steps, more] = [plain!.x.shape[1], wide!.x.shape[1]];
  for (let row = 0; row < 8; row++) {
    const ids = plain!.x.data.subarray(row * steps, (row + 1) * steps);
    expect([...wide!.x.data.subarray(row * more, (row + 1) * more)]).toEqual([
      ...Array(more - steps).fill(0),
      ...ids,
    ]);
  }
  expect(() => bucketByLength({ x }, { padToMultipleOf: 0 })).toThrow(/config-pad-to-multiple-of/);
});

describe('the order', () => {
  const orders = (seed: number, epoch: number, noise = 0.1) =>
    [...bucketByLength({ x }, { batchSize: 8, seed, noise }).epoch(epoch)].map((batch) => [...batch.rows]);
  const companies = (batches: number[][]) => batches.map((batch) => String([...batch].sort())).sort();

  it('follows from the seed and the epoch, whatever was iterated before', () => {
    const buckets = bucketByLength({ x }, { batchSize: 8, seed: 3 });
    for (const _ of buckets.epoch(0)) break;
    expect([...buckets.epoch(2)].map((batch) => [...batch.rows])).toEqual(orders(3, 2));
    expect(orders(3, 2)).not.toEqual(orders(3, 1));
    expect(orders(4, 2)).not.toEqual(orders(3, 2));
  });

  it('is not by length, and batches are put together anew', () => {
    const lengths = orders(3, 0).map((batch) => rows[batch[0]!]!.length);
    expect(lengths).not.toEqual([...lengths].sort((a, b) => a - b));
    expect(companies(orders(3, 0))).not.toEqual(companies(orders(3, 1)));
    const alike = raggedRows(Array.from({ length: 12 }, (_, i) => [i]));
    const mixed = (epoch: number) => [
      ...bucketByLength({ x: alike }, { batchSize: 3, noise: 0 }).epoch(epoch),
    ];
    const company = (epoch: number) => companies(mixed(epoch).map((batch) => [...batch.rows]));
    expect(company(0)).not.toEqual(company(1));
  });

  it('within a batch is by length, and by chance where lengths are alike', () => {
    for (const batch of orders(3, 0, 0.5)) {
      const lengths = batch.map((row) => rows[row]!.length);
      expect(lengths).toEqual([...lengths].sort((a, b) => a - b));
    }
    const alike = raggedRows(Array.from({ length: 12 }, (_, i) => [i]));
    const batches = [...bucketByLength({ x: alike }, { batchSize: 12 }).epoch(0)];
    const places = batches.flatMap((batch) => [...batch.rows]);
    expect(places).not.toEqual([...places].sort((a, b) => a - b));
  });

  it('without an epoch is by length, then by place', () => {
    const [first, second] = bucketByLength({ x: [[1, 1], [2], [3, 3], [4]] }, { batchSize: 2 });
    expect([...first!.rows, ...second!.rows]).toEqual([1, 3, 0, 2]);
  });
});

it('pads and cuts at either end', () => {
  const lists = [[1, 2, 3], [4]];
  const only = (options: object) => [...[...bucketByLength({ x: lists }, options)][0]!.x.data];
  expect(only({})).toEqual([0, 0, 4, 1, 2, 3]);
  expect(only({ padding: 'post' })).toEqual([4, 0, 0, 1, 2, 3]);
  expect(only({ maxLen: 2 })).toEqual([0, 4, 2, 3]);
  expect(only({ maxLen: 2, padding: 'post', truncating: 'post' })).toEqual([4, 0, 1, 2]);
});

it('gives an empty sequence one step of padding', () => {
  const [batch] = bucketByLength({ x: [[], []] });
  expect(batch!.x).toEqual({ data: Int32Array.of(0, 0), shape: [2, 1] });
});

it('takes labels of whole numbers', () => {
  const [batch] = bucketByLength({ x: [[1, 2], [3]], y: { data: Int32Array.of(5, 6), shape: [2] } });
  expect(batch!.y).toEqual({ data: Int32Array.of(6, 5), shape: [2] });
});

it('holds for any sizes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 7 }), { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 9 }),
      (lists, batchSize, maxLen) => {
        const buckets = bucketByLength({ x: lists }, { batchSize, maxLen });
        const ids: number[] = [];
        let count = 0;
        for (const batch of buckets.epoch(1)) {
          count += 1;
          expect(batch.x.shape[1]).toBeLessThanOrEqual(maxLen);
          ids.push(...batch.x.data.filter((id) => id !== 0));
        }
        expect(count).toBe(buckets.length);
        expect(ids.sort()).toEqual(lists.flatMap((list) => list.slice(-maxLen)).sort());
      },
    ),
  );
});

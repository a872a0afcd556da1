// Shuffling, cutting into batches, changing: the stages that `csvSequences` is made of.
import { expect, test } from 'vitest';
import { batchSequences } from './batch-sequences.js';
import { mapBatches } from './map-batches.js';
import { shuffleBuffer } from './shuffle-buffer.js';

async function take<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

const numbers = Array.from({ length: 100 }, (_, i) => i);

test('an order follows from seed and epoch alone, holds each item once, and mixes as far as the buffer reaches', async () => {
  const options = { size: 20, seed: 3 };
  const shuffled = shuffleBuffer(numbers, options);
  const third = await take(shuffled.epoch(3));
  expect(await take(shuffled.epoch(0))).not.toEqual(third);
  expect(await take(shuffleBuffer(new Set(numbers), options).epoch(3))).toEqual(third);
  expect(await take(shuffleBuffer(numbers, { ...options, seed: 4 }).epoch(3))).not.toEqual(third);
  expect([...third].sort((a, b) => a - b)).toEqual(numbers);
  third.forEach((item, place) => {
    expect(item - place).toBeLessThanOrEqual(20);
  });
  expect(third.filter((item, place) => item === place).length).toBeLessThan(15);
  expect(await take(shuffled)).toEqual(numbers);
  expect(shuffled.length).toBe(100);
});

test('a buffer as large as the source reaches every order', async () => {
  const orders = new Set<string>();
  const shuffled = shuffleBuffer([1, 2, 3], { size: 3 });
  for (let epoch = 0; epoch < 60; epoch++) orders.add((await take(shuffled.epoch(epoch))).join());
  expect(orders.size).toBe(6);
});

const rows = [
  { x: [1, 2, 3], y: 0.5 },
  { x: [4], y: 1 },
  { x: [5, 6], y: 0 },
];

test('each batch is padded to its longest sequence, or to maxLen', async () => {
  const batches = batchSequences(rows, { batchSize: 2, padding: 'post' });
  expect(batches.length).toBe(2);
  expect(await take(batches)).toEqual([
    {
      x: { data: Float32Array.of(1, 2, 3, 4, 0, 0), shape: [2, 3, 1] },
      y: { data: Float32Array.of(0.5, 1), shape: [2] },
    },
    { x: { data: Float32Array.of(5, 6), shape: [1, 2, 1] }, y: { data: Float32Array.of(0), shape: [1] } },
  ]);
  const [short] = await take(
    batchSequences(rows, { batchSize: 2, dtype: 'int32', maxLen: 2, dropLast: true }),
  );
  expect(short!.x).toEqual({ data: Int32Array.of(2, 3, 0, 4), shape: [2, 2] });
  expect(batchSequences(rows, { batchSize: 2, dropLast: true }).length).toBe(1);
});

test('steps of several features are padded and cut as a whole; sequences without targets have no y', async () => {
  const steps = [{ x: [1, 2, 3, 4, 5, 6] }, { x: [] }, { x: Float32Array.of(7, 8) }];
  const [batch] = await take(batchSequences(steps, { features: 2, maxLen: 2 }));
  expect(batch).toEqual({
    x: { data: Float32Array.of(3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 7, 8), shape: [3, 2, 2] },
  });
});

test.each([
  ['half a step', [{ x: [1, 2, 3] }], { features: 2 }, /sequences-features/],
  ['targets for some', [{ x: [1], y: 1 }, { x: [2] }], {}, /1 targets for 2.*sequences-target/],
  ['a target that is a text', [{ x: [1], y: 'a' }], {}, /sequences-target/],
  ['a fraction for ids', [{ x: [1.5] }], { dtype: 'int32' }, /sequences-value/],
  ['no list', [{ x: 7 }], {}, /sequences-ragged/],
])('%s is refused', async (_, items, options, message) => {
  await expect(take(batchSequences(items as never, options as never))).rejects.toThrow(message);
});

test('options are checked before anything is read', () => {
  expect(() => batchSequences([], { batchsize: 3 } as never)).toThrow(/batchSize.*config-unknown/);
  expect(() => batchSequences([], { padding: 'left' as never })).toThrow(/config-padding/);
  expect(() => batchSequences([], { features: 0 })).toThrow(/config-features/);
  expect(() => shuffleBuffer([], { size: 0 })).toThrow(/config-size/);
  expect(() => shuffleBuffer(5 as never)).toThrow(/\[shuffleBuffer\].*source-type/);
});

test('a function changes each item, knowing its place and its epoch', async () => {
  const mapped = mapBatches([5, 6], async (item, index, epoch) => [item, index, epoch]);
  expect(await take(mapped.epoch(2))).toEqual([
    [5, 0, 2],
    [6, 1, 2],
  ]);
  expect(await take(mapped)).toEqual([
    [5, 0, null],
    [6, 1, null],
  ]);
  expect(mapped.length).toBe(2);
  expect(() => mapBatches([1], 'double' as never)).toThrow(/config-change/);
  await expect(take(mapped.epoch(-1))).rejects.toThrow(/config-epoch/);
});

test('a batch of very many sequences', async () => {
  const rows = Array.from({ length: 130_000 }, (_, i) => ({ x: i === 7 ? [1, 2] : [1] }));
  for await (const { x } of batchSequences(rows, { batchSize: rows.length, features: null })) {
    expect(x.shape).toEqual([130_000, 2]);
  }
});

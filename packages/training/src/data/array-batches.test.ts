import { createRng, type Rng } from '@ostinato/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ArrayBatches } from './array-batches.js';
import type { ArrayInput } from './host-array.js';
import { type Samples, splitValidation, toInputs, toSamples } from './samples.js';

const samplesOf = async (x: ArrayInput, y: ArrayInput, sampleWeight: ArrayInput): Promise<Samples> =>
  toSamples(await toInputs(x, ['input'], 'test'), { y, sampleWeight }, { names: ['output'] }, 'test');

/** What the stream gives for an epoch. */
const orderOf = (shuffle: Rng | null, epoch: number, count: number) =>
  shuffle ? [...shuffle.split(epoch).permutation(count)] : Array.from({ length: count }, (_, row) => row);

test('batches together are all rows, in their own order or in that of the epoch, the last one with what is left', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 25 }),
      fc.boolean(),
      async (count, batchSize, shuffled) => {
        const data = Int32Array.from({ length: count * 3 }, (_, i) => i);
        const x = { data, shape: [count, 3] };
        const samples = await samplesOf(x, data.subarray(0, count), new Float32Array(count));
        const shuffle = shuffled ? createRng(count) : null;
        const source = new ArrayBatches(samples, batchSize, shuffle);
        expect([source.count, source.size]).toEqual([Math.ceil(count / batchSize), count]);
        for (const epoch of [0, 1]) {
          const rows: number[][] = [];
          const sizes: number[] = [];
          for (const batch of source.batches(epoch)) {
            const [x, y, weights] = [batch.x[0]!, batch.y[0]!, batch.weights[0]!];
            const [size] = y.shape;
            expect([x.shape, weights.shape]).toEqual([[size, 3], [size]]);
            expect(x.data).toBeInstanceOf(Int32Array);
            sizes.push(size!);
            for (let row = 0; row < size!; row++)
              rows.push([...x.data.subarray(row * 3, row * 3 + 3), y.data[row]!]);
          }
          const order = orderOf(shuffle, epoch, count);
          expect(rows).toEqual(order.map((row) => [row * 3, row * 3 + 1, row * 3 + 2, row]));
          expect(sizes.slice(0, -1).every((size) => size === batchSize)).toBe(true);
        }
      },
    ),
  );
});

test.each([
  [25_000, 0.2, 20_000],
  [10, 0.25, 7],
  [3, 0.5, 1],
])('of %i samples a split of %f leaves %i for training, as in Keras', async (count, part, left) => {
  const data = new Float32Array(count);
  const samples = await samplesOf(data, data, data);
  const { train, validation } = splitValidation(samples, part, 'test');
  expect(train.x[0]!.shape).toEqual([left]);
  expect(train.weights[0]!.data.length).toBe(left);
  expect(validation.y[0]!.shape).toEqual([count - left]);
  expect(validation.x[0]!.data.buffer).toBe(data.buffer);
});

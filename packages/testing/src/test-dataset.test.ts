import { createRng } from '@ostinato/core';
import { describe, expect, it } from 'vitest';
import type { DatasetSplit, DatasetTest } from './dataset/dataset-test.js';
import { testDataset } from './test-dataset.js';

/** Ten samples of three ids, shuffled and split in seven and three; the label is the parity of the first id. */
async function loadParity(seed: number): Promise<{ train: DatasetSplit; test: DatasetSplit }> {
  const order = createRng(seed).permutation(10);
  const split = (rows: Int32Array): DatasetSplit => ({
    x: { data: Int32Array.from([...rows].flatMap((row) => [row, row + 1, 0])), shape: [rows.length, 3] },
    y: { data: Float32Array.from(rows, (row) => row % 2), shape: [rows.length] },
    indices: rows,
  });
  return { train: split(order.slice(0, 7)), test: split(order.slice(7)) };
}

const test: DatasetTest = {
  sampleShape: [3],
  xDtype: 'int32',
  yDtype: 'float32',
  ids: { limit: 11 },
  labels: [0, 1],
  seeds: [3, 4],
};

/** The data set with one split changed. */
function withTrain(change: (train: DatasetSplit) => Partial<DatasetSplit>) {
  return async function loadBroken(seed: number) {
    const { train, test: held } = await loadParity(seed);
    return { train: { ...train, ...change(train) }, test: held };
  };
}

describe('testDataset', () => {
  it('passes a sound data set', async () => {
    expect(await testDataset(loadParity, test)).toEqual({
      checked: ['form', 'dtypes', 'ids', 'labels', 'splits', 'determinism'],
      skipped: [],
    });
  });

  it('says what it could not check', async () => {
    const load = async () => {
      const { indices: _, ...bare } = (await loadParity(1)).train;
      return { train: bare };
    };
    const { skipped } = await testDataset(load, { seeded: false });
    expect(skipped).toEqual([
      { check: 'ids', reason: 'the test says nothing of ids' },
      { check: 'labels', reason: 'the test says nothing of labels' },
      { check: 'splits', reason: 'it tells no indices' },
    ]);
  });

  it('takes rows of unequal length', async () => {
    const load = async () => ({
      train: { x: { data: [1, 2, 3], offsets: [0, 2, 2, 3] }, y: { data: [0, 1, 0], shape: [3] } },
    });
    expect((await testDataset(load, { seeded: false })).checked).toContain('form');
  });
});

let loads = 0;
describe('testDataset goes red for', () => {
  it.each<[string, string, (seed: number) => Promise<object>, DatasetTest?]>([
    ['no splits', 'form', async () => ({ everything: [] })],
    ['a split that is not there', 'form', loadParity, { splits: ['train', 'validation'] }],
    ['data shorter than its shape', 'form', withTrain(({ x }) => ({ x: { ...x, shape: [7, 4] } }))],
    ['a label too few', 'form', withTrain(() => ({ y: { data: new Float32Array(6), shape: [6] } }))],
    ['an index too few', 'form', withTrain(() => ({ indices: new Int32Array(6) }))],
    ['another sample shape', 'form', loadParity, { sampleShape: [4] }],
    [
      'offsets that fall',
      'form',
      withTrain(() => ({ x: { data: new Int32Array(9), offsets: [0, 3, 2, 3, 4, 5, 6, 9] } })),
    ],
    [
      'offsets that leave data out',
      'form',
      withTrain(() => ({ x: { data: new Int32Array(9), offsets: [0, 1, 2, 3, 4, 5, 6, 8] } })),
    ],
    ['another dtype', 'dtypes', loadParity, { xDtype: 'float32' }],
    [
      'not a number',
      'dtypes',
      withTrain(({ y }) => ({ y: { ...y, data: Float32Array.from(y.data, () => Number.NaN) } })),
    ],
    ['an id out of range', 'ids', loadParity, { ids: { limit: 10 } }],
    ['an unknown label', 'labels', loadParity, { labels: [0, 2] }],
    ['a label that nobody has', 'labels', loadParity, { labels: [0, 1, 2] }],
    ['a label beyond its range', 'labels', loadParity, { labels: { low: 0, high: 0.5 } }],
    [
      'a sample in two splits',
      'splits',
      withTrain(({ indices }) => ({
        indices: Int32Array.from(indices as Int32Array, () => 0).map((_, i) => i),
      })),
    ],
    ['randomness without the seed', 'determinism', () => loadParity(++loads)],
    ['a seed without effect', 'determinism', () => loadParity(1)],
  ])('%s', async (_, check, load, options) => {
    await expect(testDataset(load, options ?? {})).rejects.toMatchObject({ code: `conformance-${check}` });
  });

  it('names the loader and the place', async () => {
    await expect(testDataset(loadParity, { ids: { limit: 5 } })).rejects.toThrow(
      /^\[loadParity\] train\.x holds something else at \d+\. Expected an id in \[0, 5\); received \d+\. \(conformance-ids\)$/,
    );
  });
});

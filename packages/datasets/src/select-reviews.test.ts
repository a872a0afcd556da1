import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import { raggedRows } from './arrays.js';
import { readImdbNpz } from './imdb-npz.js';
import { selectReviews } from './select-reviews.js';

const reviews = (rows: number[][]) => ({
  ranks: raggedRows(rows),
  labels: Float32Array.from(rows, (_, i) => i % 2),
});
const corpus = { train: reviews([[1], [2, 2], [3, 3, 3], []]), test: reviews([[1], [5]]) };

it('keeps labels, rows of the file and reviews together', () => {
  const { train } = selectReviews(corpus, { startChar: null, indexFrom: 0, numWords: 10 }, 'test');
  for (let i = 0; i < 4; i++) {
    const row = train.indices[i]!;
    expect(train.y.data[i]).toBe(row % 2);
    expect(train.x.offsets[i + 1]! - train.x.offsets[i]!).toBe([1, 2, 3, 0][row]);
  }
});

it('counts the start mark when it filters, as Keras does', () => {
  const lengths = (keepShorterThan: number, startChar: number | null) => {
    const { offsets } = selectReviews(corpus, { keepShorterThan, startChar }, 'test').train.x;
    return [...offsets.slice(1)].map((end, i) => end - offsets[i]!).sort();
  };
  expect(lengths(3, 1)).toEqual([1, 2]);
  expect(lengths(3, null)).toEqual([0, 1, 2]);
});

it('draws both orders from one generator: the test order changes with the size of train', () => {
  const many = reviews(Array.from({ length: 50 }, (_, i) => [i + 1]));
  const order = (train: typeof many) => [...selectReviews({ train, test: many }, {}, 'test').test.indices];
  expect(order(many)).not.toEqual(order(reviews([[1], [2], [3]])));
});

it('changes nothing in the corpus', () => {
  selectReviews(corpus, {}, 'test').train.x.data.fill(0);
  expect([...corpus.train.ranks.data]).toEqual([1, 2, 2, 3, 3, 3]);
});

/** An .npy file of little-endian 32-bit integers. */
function npy(values: number[], shape = `(${values.length},)`): Uint8Array {
  const header = `{'descr': '<i4', 'fortran_order': False, 'shape': ${shape}, }\n`;
  const head = new TextEncoder().encode(`\u0000NUMPY\u0001\u0000`);
  head[0] = 0x93;
  const data = new Uint8Array(Int32Array.from(values).buffer);
  return Uint8Array.of(...head, header.length, 0, ...new TextEncoder().encode(header), ...data);
}

it('says what a file lacks before it is taken for IMDB', () => {
  const lists = npy([1, 2]);
  const form = (files: Record<string, Uint8Array>) => () => readImdbNpz(zipSync(files), 'odd.npz');
  expect(form({ 'x.npy': lists })).toThrow(/\[odd\.npz\] There is no x_train.*received x\. \(imdb-form\)/);
  const all = { 'x_train.npy': lists, 'y_train.npy': lists, 'x_test.npy': lists, 'y_test.npy': lists };
  expect(form(all)).toThrow(/x_train does not hold lists of word ids.*received int32\[2\]/);
});

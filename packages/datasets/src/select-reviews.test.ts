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

/** Each character is a byte. */
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

function npy(descr: string, count: number, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${count},), }\n`;
  return Uint8Array.of(...latin1(`\x93NUMPY\x01\0${String.fromCharCode(header.length)}\0${header}`), ...data);
}

const integers = (...values: number[]): Uint8Array =>
  npy('<i4', values.length, new Uint8Array(Int32Array.from(values).buffer));

/** An array of objects: as many lists as `content`, written as opcodes, has. */
function lists(count: number, content: string): Uint8Array {
  const start = '\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R';
  const dtype = 'cnumpy\ndtype\nU\x02O8K\0K\x01\x87R';
  return npy(
    '|O',
    count,
    latin1(`${start}(K\x01K${String.fromCharCode(count)}\x85${dtype}\x89](${content}etb.`),
  );
}

it('says what a file lacks before it is taken for IMDB', () => {
  const form = (files: Record<string, Uint8Array>) => () => readImdbNpz(zipSync(files), 'odd.npz');
  const [two, three] = [integers(1, 2), integers(1, 2, 3)];
  expect(form({ 'x.npy': two })).toThrow(/\[odd\.npz\] There is no x_train.*received x\. \(imdb-form\)/);
  const all = { 'x_train.npy': two, 'y_train.npy': two, 'x_test.npy': two, 'y_test.npy': two };
  expect(form(all)).toThrow(/x_train does not hold lists of word ids.*received int32\[2\]/);
  const x = lists(2, '](K\x01M\x01\x01e](K\x02e');
  const sound = { ...all, 'x_train.npy': x, 'x_test.npy': x };
  expect([...form(sound)().test.ranks.data]).toEqual([1, 257, 2]);
  expect(form({ ...sound, 'y_test.npy': x })).toThrow(/y_test does not hold labels.*received object\[2\]/);
  expect(form({ ...sound, 'y_test.npy': three })).toThrow(/do not belong together.*2 reviews and 3 labels/);
  const negative = lists(2, '](K\x01J\xfe\xff\xff\xffK\x03e](K\x02e');
  expect(form({ ...sound, 'x_test.npy': negative })).toThrow(/x_test holds negative word ids/);
});

/**
 * What Keras' `imdb.load_data` does to the arrays of the file: order, start mark and offset, filter, vocabulary limit.
 */
import { OstinatoError } from '@ostinato/core';
import { type RaggedRows, rowAt, rowCount, type Vector } from './arrays.js';
import { type RandomState, randomState } from './mt19937.js';
import {
  type EncodingOptions,
  encodeRanks,
  type ReviewEncoding,
  resolveEncoding,
} from './review-encoding.js';

/** Reviews as the file holds them: ranks by frequency from 1, unshuffled. */
export interface RawReviews {
  readonly ranks: RaggedRows;
  readonly labels: Float32Array;
}

export interface RawCorpus {
  readonly train: RawReviews;
  readonly test: RawReviews;
}

export interface SelectOptions extends EncodingOptions {
  /** Keeps only reviews with fewer ids than this, the start mark counted: Keras' `maxlen`. Default: keeps all. */
  readonly keepShorterThan?: number;
  /** Seed of the order, of NumPy's `RandomState`. Default 113. */
  readonly seed?: number;
}

/** Reviews of one split: `x`, the labels `y` (1 positive, 0 negative), and the row each had in the file. */
export interface LabelledReviews<X> {
  readonly x: X;
  readonly y: Vector;
  readonly indices: Int32Array;
}

export interface SelectedCorpus {
  readonly train: LabelledReviews<RaggedRows>;
  readonly test: LabelledReviews<RaggedRows>;
  readonly encoding: ReviewEncoding;
}

/**
 * Shuffles, filters and encodes both splits as Keras 3 does, with one generator for both: train first, then test.
 *
 * Throws   `imdb-filter` when `keepShorterThan` leaves a split without a review · `config-…`
 * Source   keras/src/datasets/imdb.py, Keras 3
 */
export function selectReviews(corpus: RawCorpus, options: SelectOptions, where: string): SelectedCorpus {
  const encoding = resolveEncoding(options, where);
  const { keepShorterThan = Number.POSITIVE_INFINITY, seed = 113 } = options;
  const marks = encoding.startChar === null ? 0 : 1;
  const rng = randomState(seed);
  const trainRows = keptRows(corpus.train, rng, keepShorterThan - marks);
  const testRows = keptRows(corpus.test, rng, keepShorterThan - marks);
  if (trainRows.length === 0 || testRows.length === 0) throw nothingLeft(where, keepShorterThan);
  const limited =
    options.numWords === undefined
      ? { ...encoding, numWords: largestId(corpus, trainRows, testRows, encoding) }
      : encoding;
  return {
    train: encodeRows(corpus.train, trainRows, limited),
    test: encodeRows(corpus.test, testRows, limited),
    encoding: limited,
  };
}

/** The rows that stay, in their new order. */
function keptRows(reviews: RawReviews, rng: RandomState, limit: number): Int32Array {
  const { offsets } = reviews.ranks;
  const order = rng.permutation(rowCount(reviews.ranks));
  return order.filter((row) => offsets[row + 1]! - offsets[row]! < limit);
}

/** Keras' limit when none is given: the largest id, which thereby falls out itself. */
function largestId(corpus: RawCorpus, train: Int32Array, test: Int32Array, encoding: ReviewEncoding): number {
  let rank = (encoding.startChar ?? 0) - encoding.indexFrom;
  for (const [reviews, rows] of [
    [corpus.train, train],
    [corpus.test, test],
  ] as const) {
    for (const row of rows) for (const id of rowAt(reviews.ranks, row)) if (id > rank) rank = id;
  }
  return rank + encoding.indexFrom;
}

function encodeRows(
  reviews: RawReviews,
  rows: Int32Array,
  encoding: ReviewEncoding,
): LabelledReviews<RaggedRows> {
  const { offsets: from } = reviews.ranks;
  let room = rows.length;
  for (const row of rows) room += from[row + 1]! - from[row]!;
  const data = new Int32Array(room);
  const offsets = new Int32Array(rows.length + 1);
  for (let i = 0; i < rows.length; i++) {
    offsets[i + 1] = encodeRanks(rowAt(reviews.ranks, rows[i]!), encoding, data, offsets[i]!);
  }
  const used = offsets[rows.length]!;
  const y = Float32Array.from(rows, (row) => reviews.labels[row]!);
  const x = { data: used === room ? data : data.slice(0, used), offsets };
  return { x, y: { data: y, shape: [rows.length] }, indices: rows };
}

function nothingLeft(where: string, limit: number): OstinatoError {
  return new OstinatoError('imdb-filter', {
    where,
    what: 'No review is short enough',
    expected: 'at least one in each split',
    received: `keepShorterThan: ${limit}`,
    fix: 'Raise `keepShorterThan`',
  });
}

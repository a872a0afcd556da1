/**
 * Batches of sequences of near length: each is padded only as far as its own longest needs.
 *
 * With `embedding({ maskZero: true })` padding is skipped in the result; in batches of near length it hardly exists.
 */
import {
  checkCount,
  checkFields,
  checkFraction,
  checkOneOf,
  checkSize,
  createRng,
  OstinatoError,
  type Rng,
  show,
} from '@ostinato/core';
import { type Matrix, type RaggedRows, raggedRows, rowAt, rowCount, type Vector } from './arrays.js';
import { padSequences } from './pad-sequences.js';
import { checkElement, rowsOf } from './sequence-rows.js';

export interface BucketOptions {
  /** Sequences to a batch. Default 32. */
  readonly batchSize?: number;
  /** The batches and their order in each epoch follow from it. Default 1. */
  readonly seed?: number;
  /** Cuts longer sequences. Default: cuts none. */
  readonly maxLen?: number;
  /** Where to fill up with 0. Default 'pre'. */
  readonly padding?: 'pre' | 'post';
  /** Where to cut. Default 'pre': the end is kept. */
  readonly truncating?: 'pre' | 'post';
  /**
   * How far apart the lengths in one batch may lie, as a part of the length: more of it mixes the batches of an epoch
   * better and pads more. Default 0.1.
   */
  readonly noise?: number;
  /**
   * Fills up to a multiple of so many, and not beyond `maxLen`. Batches have fewer different shapes then, which `fit` repeats sooner; where the
   * padding is masked, recurrent layers skip it, and no more than roundings change. Default 1.
   */
  readonly padToMultipleOf?: number;
}

type Targets = Vector<Int32Array | Float32Array>;

/** Sequences, and one target for each unless they are only to be predicted. */
export interface Sequenced<Y extends Targets | undefined = undefined> {
  readonly x: RaggedRows | readonly ArrayLike<number>[];
  readonly y?: Y;
}

/** A batch: `rows` says which sequences these are, so that `predict` can put its outputs in their order. */
export type BucketBatch<Y> = {
  readonly x: Matrix;
  readonly rows: Int32Array;
} & (Y extends undefined ? unknown : { readonly y: Y });

/** Batches for `fit`, `evaluate` and `predict`, which can be gone through as often as one likes. */
export interface Buckets<Y> {
  /** Batches to an epoch. */
  readonly length: number;
  /** A batch depends on nothing but the epoch: the next one can be made while one is in use. */
  readonly readsAhead: true;
  /** The batches of an epoch, counted from 0: mixed and ordered by the seed and the epoch. */
  epoch(epoch: number): IterableIterator<BucketBatch<Y>>;
  /** By length, the shortest first: the least padding there can be. */
  [Symbol.iterator](): IterableIterator<BucketBatch<Y>>;
}

const WHERE = 'bucketByLength';
const FIELDS = ['batchSize', 'seed', 'maxLen', 'padding', 'truncating', 'noise', 'padToMultipleOf'];

/**
 * Sorts sequences into batches of near length.
 *
 * In each epoch lengths are first moved at random by up to `noise`, then sorted and cut into batches, whose order is
 * then drawn: every sequence once, in other company each time. Within a batch the shortest come first.
 *
 * Shapes   a batch: x i32[batchSize, its longest] · y [batchSize] · rows i32[batchSize]; the last one cut is smaller
 * Memory   makes one batch at a time; keeps the sequences
 * Throws   `sequences-empty` · `sequences-ragged` · `sequences-value` · `sequences-length` when there is not one target
 *          for each sequence · `config-…`
 * Source   noise: BucketBatchSampler of AllenNLP (`padding_noise`)
 *
 * @example
 * const { train, test } = await loadImdbSequences({ numWords: 10_000 });
 * await model.fit(bucketByLength(train, { batchSize: 64, maxLen: 500 }), { epochs: 10 });
 * const outputs = await model.predict(bucketByLength(test, { maxLen: 500 })); // in the order of `test`
 */
export function bucketByLength<Y extends Targets | undefined = undefined>(
  sequences: Sequenced<Y>,
  options: BucketOptions = {},
): Buckets<Y> {
  const {
    batchSize = 32,
    seed = 1,
    maxLen,
    padding = 'pre',
    truncating = 'pre',
    noise = 0.1,
    padToMultipleOf = 1,
  } = options ?? {};
  checkBucketOptions(options, { batchSize, maxLen, padding, truncating, noise, padToMultipleOf });
  const rng = createRng(seed);
  const { x, y } = checkSequenced(sequences);
  const lengths = lengthsOf(x, maxLen);
  const make = (rows: Int32Array): BucketBatch<Y> => {
    const longest = rows.reduce((most, row) => Math.max(most, lengths[row]!), 1); // 1: a row of padding alone is one
    const width = Math.min(maxLen ?? Infinity, padToMultipleOf * Math.ceil(longest / padToMultipleOf));
    const lists = Array.from(rows, (row) => rowAt(x, row));
    const padded = padSequences(lists, { maxLen: width, padding, truncating });
    return { x: padded, ...(y ? { y: pick(y, rows) } : {}), rows } as BucketBatch<Y>;
  };
  return {
    length: Math.ceil(lengths.length / batchSize),
    readsAhead: true,
    *epoch(epoch) {
      checkCount(WHERE, 'epoch', epoch);
      const stream = rng.split(epoch);
      const batches = cut(mixedOrder(lengths, noise, stream), batchSize);
      // Within a batch by length: kernels take neighbours together, and skip a step that is padding for all of them.
      for (const rows of batches) rows.sort((a, b) => lengths[a]! - lengths[b]!);
      for (const rows of stream.split('batches').shuffle(batches)) yield make(rows);
    },
    *[Symbol.iterator]() {
      const order = Int32Array.from(lengths.keys()).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
      for (const rows of cut(order, batchSize)) yield make(rows);
    },
  };
}

function checkBucketOptions(given: object, options: { readonly [name: string]: unknown }): void {
  checkFields(WHERE, given, FIELDS);
  const { batchSize, maxLen, padding, truncating, noise, padToMultipleOf } = options;
  checkSize(WHERE, 'batchSize', batchSize);
  if (maxLen !== undefined) checkSize(WHERE, 'maxLen', maxLen);
  checkOneOf(WHERE, 'padding', padding, ['pre', 'post']);
  checkOneOf(WHERE, 'truncating', truncating, ['pre', 'post']);
  checkFraction(WHERE, 'noise', noise);
  checkSize(WHERE, 'padToMultipleOf', padToMultipleOf);
}

/** Sequences in flat form, and their targets. */
function checkSequenced(sequences: Sequenced<Targets | undefined>): {
  readonly x: RaggedRows;
  readonly y: Targets | undefined;
} {
  if (typeof sequences !== 'object' || sequences === null || !('x' in sequences)) {
    throw new OstinatoError('sequences-ragged', {
      where: WHERE,
      what: 'There are no sequences',
      expected: '{ x } or { x, y }',
      received: show(sequences),
    });
  }
  const x = toRagged(sequences.x);
  if (sequences.y !== undefined) checkTargets(sequences.y, rowCount(x));
  return { x, y: sequences.y };
}

/** All rows by their length and chance; equal ones in random order. */
function mixedOrder(lengths: Int32Array, noise: number, rng: Rng): Int32Array {
  const drawn = rng.split('lengths');
  const keys = Float64Array.from(lengths, (length) => length * (1 + noise * drawn.uniform(-1, 1)));
  return rng
    .split('rows')
    .permutation(lengths.length)
    .sort((a, b) => keys[a]! - keys[b]!);
}

function cut(order: Int32Array, batchSize: number): Int32Array[] {
  const count = Math.ceil(order.length / batchSize);
  return Array.from({ length: count }, (_, i) => order.slice(i * batchSize, (i + 1) * batchSize));
}

/** Flat rows as they are; lists are checked and copied once. */
function toRagged(x: RaggedRows | readonly ArrayLike<number>[]): RaggedRows {
  const { count, row } = rowsOf(x, WHERE);
  if (!Array.isArray(x)) return x as RaggedRows;
  for (let i = 0; i < count; i++) {
    const list = row(i);
    for (let k = 0; k < list.length; k++) checkElement(list[k], 'int32', i, k, WHERE);
  }
  return raggedRows(x);
}

function lengthsOf(rows: RaggedRows, maxLen = Number.POSITIVE_INFINITY): Int32Array {
  const { offsets } = rows;
  return Int32Array.from({ length: rowCount(rows) }, (_, i) =>
    Math.min(maxLen, offsets[i + 1]! - offsets[i]!),
  );
}

function pick(y: Targets, rows: Int32Array): Targets {
  const data = y.data instanceof Int32Array ? new Int32Array(rows.length) : new Float32Array(rows.length);
  for (let i = 0; i < rows.length; i++) data[i] = y.data[rows[i]!]!;
  return { data, shape: [rows.length] };
}

function checkTargets(y: Targets, count: number): void {
  const { data } = (y ?? {}) as Partial<typeof y>;
  const typed = data instanceof Float32Array || data instanceof Int32Array;
  if (typed && data.length === count) return;
  throw new OstinatoError('sequences-length', {
    where: WHERE,
    what: '`y` does not have one target for each sequence',
    expected: `{ data, shape } with a Float32Array or Int32Array of ${count}`,
    received: typed ? `${data.length} targets` : show(y),
  });
}

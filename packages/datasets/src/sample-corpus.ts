/**
 * A corpus of generated film reviews in the shape of IMDB, for machines without a network and for tests. NOT IMDB: a
 * figure measured on it says nothing about real reviews.
 */
import { checkFields, checkSize, createRng, OstinatoError, show } from '@ostinato/core';
import { raggedRows } from './arrays.js';
import type { DataSource } from './data-source.js';
import { type Imdb, type ImdbSequences, PAD_FIELDS, padCorpus } from './imdb-result.js';
import type { PadOptions } from './pad-sequences.js';
import { ENCODING_FIELDS, type EncodingOptions } from './review-encoding.js';
import { writeReview } from './sample-grammar.js';
import { type RawCorpus, type RawReviews, type SelectOptions, selectReviews } from './select-reviews.js';
import { sha256 } from './sha256.js';
import { tokenize } from './tokenize.js';
import { countWords, type WordIndex } from './word-index.js';

/** What the corpus is called wherever it is named. */
export const SAMPLE_NAME = 'Ostinato sample corpus (generated, not IMDB)';

export interface SampleOptions {
  /** The reviews follow from it. Default 1. */
  readonly seed?: number;
  /** Of both splits together, half in each; a multiple of 4. Default 16,000. */
  readonly reviews?: number;
}

export interface SampleCorpusOptions extends SampleOptions, EncodingOptions, PadOptions {
  /** As in `loadImdb`. */
  readonly keepShorterThan?: number;
}

/** A review as text. */
export interface SampleReview {
  readonly text: string;
  readonly label: 0 | 1;
}

/** The corpus before it is shuffled and encoded, and its vocabulary. */
export interface RawSample {
  readonly corpus: RawCorpus;
  readonly wordIndex: WordIndex;
  readonly source: DataSource;
}

const WHERE = 'sampleCorpus';

/**
 * The generated corpus, encoded and padded as `loadImdb` does it; half of each split is positive.
 *
 * Shapes   x i32[reviews / 2, maxLen] · y f32[reviews / 2]
 * Throws   `config-reviews` · `rng-seed` · what `loadImdb` throws for its options
 *
 * @example
 * const { train, test, wordIndex } = sampleCorpus({ seed: 1, reviews: 16_000, maxLen: 200 });
 */
export function sampleCorpus(options: SampleCorpusOptions = {}): Imdb & { readonly wordIndex: WordIndex } {
  checkFields(WHERE, options, ['seed', 'reviews', 'keepShorterThan', ...ENCODING_FIELDS, ...PAD_FIELDS]);
  const { corpus, wordIndex, source } = generateSample(options);
  return { ...padCorpus(selectReviews(corpus, selection(options), WHERE), options), source, wordIndex };
}

/** The same with reviews of their own lengths. */
export function sampleCorpusSequences(
  options: Omit<SampleCorpusOptions, keyof PadOptions> = {},
): ImdbSequences & { readonly wordIndex: WordIndex } {
  checkFields(WHERE, options, ['seed', 'reviews', 'keepShorterThan', ...ENCODING_FIELDS]);
  const { corpus, wordIndex, source } = generateSample(options);
  return { ...selectReviews(corpus, selection(options), WHERE), source, wordIndex };
}

/** The reviews as texts: the positive ones first, in the order that `indices` of the encoded corpus refer to. */
export function sampleTexts(options: SampleOptions = {}): { train: SampleReview[]; test: SampleReview[] } {
  checkFields(WHERE, options, ['seed', 'reviews']);
  const { seed = 1, reviews = 16_000 } = options;
  checkSize(WHERE, 'reviews', reviews);
  if (reviews % 4 !== 0) {
    throw new OstinatoError('config-reviews', {
      where: WHERE,
      what: '`reviews` cannot be halved into splits and again into labels',
      expected: 'a multiple of 4',
      received: show(reviews),
    });
  }
  const rng = createRng(seed);
  const write = (split: string): SampleReview[] =>
    Array.from({ length: reviews / 2 }, (_, i) => {
      const label = i < reviews / 4 ? 1 : 0;
      const number = label === 1 ? i : i - reviews / 4;
      return { text: writeReview(rng.split(`${split}/${label}/${number}`), label === 1), label };
    });
  return { train: write('train'), test: write('test') };
}

/** Texts, counted words, ranks, and a checksum over ranks, lengths and labels. */
export function generateSample({ seed = 1, reviews = 16_000 }: SampleOptions): RawSample {
  const texts = sampleTexts({ seed, reviews });
  const train = texts.train.map(({ text }) => tokenize(text));
  const wordIndex = countWords(train);
  const corpus = {
    train: toRanks(train, texts.train, wordIndex),
    test: toRanks(
      texts.test.map(({ text }) => tokenize(text)),
      texts.test,
      wordIndex,
    ),
  };
  const source: DataSource = {
    kind: 'sample',
    name: SAMPLE_NAME,
    sha256: sha256(contentOf(corpus)),
    note: 'Generated from a seed. This is not IMDB: its figures say nothing about real reviews.',
    sample: { seed, reviews },
  };
  return { corpus, wordIndex: { ...wordIndex, source }, source };
}

function toRanks(
  texts: readonly string[][],
  reviews: readonly SampleReview[],
  { ranks }: WordIndex,
): RawReviews {
  const rows = texts.map((words) => {
    const row: number[] = [];
    for (const word of words) {
      const rank = ranks.get(word); // Words of the test split alone have none and are dropped, as in IMDB.
      if (rank !== undefined) row.push(rank);
    }
    return row;
  });
  return { ranks: raggedRows(rows), labels: Float32Array.from(reviews, ({ label }) => label) };
}

/** Every number of the corpus as little-endian 32-bit integers, whatever the machine's byte order. */
function contentOf({ train, test }: RawCorpus): Uint8Array {
  const parts = [train, test].flatMap(({ ranks, labels }) => [ranks.offsets, ranks.data, labels]);
  const view = new DataView(new ArrayBuffer(4 * parts.reduce((sum, part) => sum + part.length, 0)));
  let at = 0;
  for (const part of parts) {
    for (const value of part) {
      view.setInt32(at, value, true);
      at += 4;
    }
  }
  return new Uint8Array(view.buffer);
}

/** The options of `selectReviews` alone; the corpus' own seed is not the seed of the order. */
function selection(options: SampleCorpusOptions): SelectOptions {
  const fields = [...ENCODING_FIELDS, 'keepShorterThan'] as const;
  return Object.fromEntries(
    fields.map((field) => [field, options[field]]).filter(([, value]) => value !== undefined),
  );
}

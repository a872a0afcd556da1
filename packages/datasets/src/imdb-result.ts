/**
 * What the loaders of reviews return.
 */
import type { Matrix, RaggedRows } from './arrays.js';
import type { DataSource } from './data-source.js';
import { type PadOptions, padSequences } from './pad-sequences.js';
import type { ReviewEncoding } from './review-encoding.js';
import type { LabelledReviews, SelectedCorpus } from './select-reviews.js';

/** Both splits, where they came from, and how their words became ids. */
export interface ReviewCorpus<X> {
  readonly train: LabelledReviews<X>;
  readonly test: LabelledReviews<X>;
  readonly source: DataSource;
  /** For `encodeText` and `decodeReview`. */
  readonly encoding: ReviewEncoding;
}

export type Imdb = ReviewCorpus<Matrix>;
export type ImdbSequences = ReviewCorpus<RaggedRows>;

export const PAD_FIELDS = ['maxLen', 'padding', 'truncating', 'value'] as const;

/** Pads both splits to one length: `maxLen`, else that of the longest review of both. */
export function padCorpus(
  { train, test, encoding }: SelectedCorpus,
  options: PadOptions,
): Omit<Imdb, 'source'> {
  const { padding, truncating, value } = options;
  const maxLen = options.maxLen ?? Math.max(longest(train.x), longest(test.x));
  const how = {
    maxLen,
    ...(padding === undefined ? {} : { padding }),
    ...(truncating === undefined ? {} : { truncating }),
    ...(value === undefined ? {} : { value }),
  };
  return {
    train: { ...train, x: padSequences(train.x, how) },
    test: { ...test, x: padSequences(test.x, how) },
    encoding,
  };
}

function longest({ offsets }: RaggedRows): number {
  let steps = 0;
  for (let i = 1; i < offsets.length; i++) steps = Math.max(steps, offsets[i]! - offsets[i - 1]!);
  return steps;
}

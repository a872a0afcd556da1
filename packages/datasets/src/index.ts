export * from './adding-problem.js';
export * from './arrays.js';
export {
  type BatchOptions,
  batchSequences,
  type InputSequenceBatch,
  type Sequence,
  type SequenceBatch,
} from './batch-sequences.js';
export * from './bucket-by-length.js';
export * from './copy-task.js';
export type { ByteStream, CsvSource } from './csv-bytes.js';
export type { Column, CsvColumns, CsvOptions, LongColumns, TextColumns, WideColumns } from './csv-options.js';
export type { CsvRow } from './csv-rows.js';
export * from './csv-sequences.js';
export type { DataSource } from './data-source.js';
export * from './decode-review.js';
export type { DownloadProgress } from './download.js';
export * from './encode-text.js';
export * from './get-word-index.js';
export * from './hold-out.js';
export type { Imdb, ImdbSequences, ReviewCorpus } from './imdb-result.js';
export * from './load-imdb.js';
export type { LongMemoryOptions, LongMemoryTask } from './long-memory-task.js';
export * from './map-batches.js';
export * from './mt19937.js';
export * from './npy.js';
export * from './npz.js';
export * from './pad-sequences.js';
export * from './plugin.js';
export * from './prefetch.js';
export type { Repeatable, Stream } from './repeatable.js';
export type { EncodingOptions, ReviewEncoding } from './review-encoding.js';
export {
  SAMPLE_NAME,
  type SampleCorpusOptions,
  type SampleOptions,
  type SampleReview,
  sampleCorpus,
  sampleCorpusSequences,
  sampleTexts,
} from './sample-corpus.js';
export type { LabelledReviews, SelectOptions } from './select-reviews.js';
export * from './shuffle-buffer.js';
export * from './tokenize.js';
export * from './truncate-sequences.js';
export type { WordIndex } from './word-index.js';

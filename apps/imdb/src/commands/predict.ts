/** `predict`: how probably a review is positive, and what of it the model read. */
import { isOstinatoError, OstinatoError } from '@ostinato/core';
import {
  decodeReview,
  encodeText,
  getWordIndex,
  padSequences,
  tokenize,
  type WordIndex,
} from '@ostinato/datasets';
import type { PredictOptions } from '../arguments/requests.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { withEngine } from '../engine.js';
import { showPath } from '../files/show-path.js';
import type { Output } from '../output.js';
import { THRESHOLD } from '../test-verdicts.js';
import { openTrainedModel, type TrainedModel } from '../trained-model.js';
import { type Input, readReviews } from './read-reviews.js';

const BATCH = 64;

/** From this part of unknown words on, the figure is not worth much. */
const MOST = 0.5;

/** A review as the model reads it. */
interface Reading {
  readonly ids: Int32Array;
  /** Words of the text, and how many of them the model has a vector for. */
  readonly words: number;
  readonly known: number;
  /** Words that it does not tell from one another, each once. */
  readonly unknown: readonly string[];
}

/**
 * Judges reviews. Returns the exit code.
 *
 * Throws   what `readReviews`, `openTrainedModel` and `getWordIndex` throw · `words-missing`
 */
export async function predict(
  options: PredictOptions,
  given: readonly string[],
  output: Output,
  stdin: Input,
): Promise<number> {
  const reviews = await readReviews(given, stdin);
  return withEngine(options, output, async ({ registry }) => {
    const trained = await openTrainedModel(options, registry);
    const path = options.wordIndex ?? trained.wordsFile;
    const index = await (path === undefined ? downloadedWords(trained) : getWordIndex({ path }));
    const readings = reviews.map((review) => readReview(review, index, trained));
    tell(reviews, readings, await judge(readings, trained), index, trained, output);
    return 0;
  });
}

/** A run whose vocabulary could not be had has kept none. */
async function downloadedWords(trained: TrainedModel): Promise<WordIndex> {
  try {
    return await getWordIndex(sourceOf(trained));
  } catch (cause) {
    if (!isOstinatoError(cause, 'download-failed')) throw cause;
    throw new OstinatoError('words-missing', {
      where: 'ostinato-imdb predict',
      what: 'The run has kept no words, and they could not be downloaded',
      received: cause.message,
      fix: 'Name an imdb_word_index.json with --word-index, or connect to the network',
      cause,
    });
  }
}

function tell(
  reviews: readonly string[],
  readings: readonly Reading[],
  probabilities: Float32Array,
  index: WordIndex,
  trained: TrainedModel,
  output: Output,
): void {
  output.say(`Model ${showPath(trained.folder)}: the probability that each review is positive`);
  for (const [i, review] of reviews.entries()) {
    output.result(verdictLine(probabilities[i]!, review, output.columns));
    output.say(`        read: ${shorten(wordsRead(readings[i]!, index, trained), output.columns - 14)}`);
    const warning = unknownWords(readings[i]!);
    if (warning) output.say(`        ${warning}`);
  }
  if (trained.record?.source.kind === 'sample') output.warn(sampleResultNotice);
}

function sourceOf({ record }: TrainedModel) {
  return record ? { source: record.source } : {};
}

function readReview(review: string, index: WordIndex, { encoding }: TrainedModel): Reading {
  const words = tokenize(review);
  const isKnown = (word: string): boolean => {
    const [id] = encodeText(word, index, { ...encoding, startChar: null, oovChar: null });
    return id !== undefined;
  };
  const unknown = words.filter((word) => !isKnown(word));
  return {
    ids: encodeText(review, index, encoding),
    words: words.length,
    known: words.length - unknown.length,
    unknown: [...new Set(unknown)],
  };
}

async function judge(readings: readonly Reading[], { model, maxLen }: TrainedModel): Promise<Float32Array> {
  const x = padSequences(
    readings.map(({ ids }) => ids),
    { maxLen },
  );
  const output = await model.predict(x, { batchSize: BATCH });
  try {
    return Float32Array.from(await output.data());
  } finally {
    output.dispose();
  }
}

/** `0.9312  positive  A gem from start to finish.` */
function verdictLine(probability: number, review: string, columns: number): string {
  const verdict = probability > THRESHOLD ? 'positive' : 'negative';
  return `${probability.toFixed(4)}  ${verdict}  ${shorten(review, columns - 18)}`;
}

/** The words after all cuts, as the model's ids stand for them. */
function wordsRead({ ids }: Reading, index: WordIndex, { encoding, maxLen }: TrainedModel): string {
  return decodeReview(ids.subarray(Math.max(0, ids.length - maxLen)), index, encoding);
}

function unknownWords({ words, known, unknown }: Reading): string | undefined {
  if (known === words && words > 0) return undefined;
  if (known === 0) return 'it knows none of these words: the probability says nothing about the review';
  const few = unknown.slice(0, 8).join(', ');
  const list = unknown.length > 8 ? `${few}, …` : few;
  const caution = known < MOST * words ? ': most are unknown to it, so trust the probability little' : '';
  return `it knows ${known} of ${words} words${caution}; unknown: ${list}`;
}

/** The beginning of a text on one line. */
function shorten(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  const room = Math.max(20, length);
  return line.length <= room ? line : `${line.slice(0, room - 2)} …`;
}

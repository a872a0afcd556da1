/**
 * How word ranks become the ids a model sees: Keras' start mark, offset, and rule for words that are left out.
 */
import { checkFields, OstinatoError, show } from '@ostinato/core';

/** The part of the options of `loadImdb` and `encodeText` that says which word gets which id. */
export interface EncodingOptions {
  /** Ids from here on become `oovChar`. Default: none does in texts; in data sets see `loadImdb`. */
  readonly numWords?: number;
  /** Ids below this become `oovChar`, the start mark among them. Default 0. */
  readonly skipTop?: number;
  /** Put before each review; null for none. Default 1. */
  readonly startChar?: number | null;
  /** Stands for words that are left out; null drops them instead. Default 2. */
  readonly oovChar?: number | null;
  /** Added to each rank, so that the most frequent word is 1 + indexFrom. Default 3. */
  readonly indexFrom?: number;
}

/** The same with every question answered. */
export interface ReviewEncoding {
  readonly numWords: number;
  readonly skipTop: number;
  readonly startChar: number | null;
  readonly oovChar: number | null;
  readonly indexFrom: number;
}

export const ENCODING_FIELDS = ['numWords', 'skipTop', 'startChar', 'oovChar', 'indexFrom'] as const;

/** No id is as large: the limit when `numWords` is not given. */
export const NO_LIMIT = 2 ** 31 - 1;

/** Fills in Keras' defaults and checks each value. Throws `config-…`. */
export function resolveEncoding(options: EncodingOptions, where: string): ReviewEncoding {
  const { numWords = NO_LIMIT, skipTop = 0, startChar = 1, oovChar = 2, indexFrom = 3 } = options;
  const encoding = { numWords, skipTop, startChar, oovChar, indexFrom };
  checkId(where, 'numWords', 'num-words', numWords, 1);
  checkId(where, 'skipTop', 'skip-top', skipTop, 0);
  checkId(where, 'indexFrom', 'index-from', indexFrom, 0);
  if (startChar !== null) checkId(where, 'startChar', 'start-char', startChar, 0);
  if (oovChar !== null) checkId(where, 'oovChar', 'oov-char', oovChar, 0);
  return encoding;
}

/**
 * Writes one review's ids and returns where the next review starts.
 *
 * @param into has room for the ranks and a start mark from `at` on
 */
export function encodeRanks(
  ranks: ArrayLike<number>,
  encoding: ReviewEncoding,
  into: Int32Array,
  at: number,
): number {
  const { numWords, skipTop, startChar, oovChar, indexFrom } = encoding;
  let next = at;
  if (startChar !== null) {
    if (startChar >= skipTop && startChar < numWords) into[next++] = startChar;
    else if (oovChar !== null) into[next++] = oovChar;
  }
  for (let i = 0; i < ranks.length; i++) {
    const id = ranks[i]! + indexFrom;
    if (id >= skipTop && id < numWords) into[next++] = id;
    else if (oovChar !== null) into[next++] = oovChar;
  }
  return next;
}

/** Refuses misspelt fields, those of Keras' own spelling among them. Throws `config-unknown`. */
export function checkEncodingFields(options: object, more: readonly string[], where: string): void {
  checkFields(where, options, [...ENCODING_FIELDS, ...more]);
}

function checkId(where: string, name: string, code: string, value: unknown, least: number): void {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= NO_LIMIT) return;
  throw new OstinatoError(`config-${code}`, {
    where,
    what: `\`${name}\` is not a count of words or an id`,
    expected: `an integer from ${least} to ${NO_LIMIT}`,
    received: show(value),
  });
}

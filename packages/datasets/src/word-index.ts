/**
 * A vocabulary ordered by frequency: rank 1 is the most frequent word.
 */
import { OstinatoError, show } from '@ostinato/core';
import type { DataSource } from './data-source.js';

/** Words and their ranks, both ways. */
export interface WordIndex {
  readonly ranks: ReadonlyMap<string, number>;
  /** The word of each rank; rank 0 is no word. */
  readonly words: readonly string[];
  readonly source?: DataSource;
}

const WHERE = 'word index';
/** Ranks without a word that any vocabulary may have. */
const SPARE_RANKS = 1000;

/**
 * Builds an index from pairs of word and rank.
 *
 * Throws   `word-index-form` when a rank is not a positive integer, or stands twice, or leaves most ranks out
 */
export function wordIndexFrom(entries: Iterable<readonly [string, number]>, source?: DataSource): WordIndex {
  const ranks = new Map<string, number>();
  const words: string[] = [''];
  for (const [word, rank] of entries) {
    if (!Number.isInteger(rank) || rank < 1 || rank > 2 ** 24 || words[rank] !== undefined) {
      throw badForm(`The rank of ${show(word)} is none, or is taken`, 'a positive integer, once', show(rank));
    }
    ranks.set(word, rank);
    words[rank] = word;
  }
  if (ranks.size === 0) throw badForm('There is no word', 'at least one', 'none');
  // A file of a few bytes must not make a list of millions.
  if (words.length > 2 * ranks.size + SPARE_RANKS) {
    const received = `rank ${words.length - 1} among ${ranks.size} words`;
    throw badForm('Most ranks are of no word', 'ranks that count the words', received);
  }
  for (let rank = 0; rank < words.length; rank++) words[rank] ??= '';
  return source === undefined ? { ranks, words } : { ranks, words, source };
}

/**
 * Reads the form of Keras' `imdb_word_index.json`: one object, word to rank.
 *
 * Throws   `word-index-form` when it is not that
 */
export function parseWordIndex(bytes: Uint8Array, name: string, source?: DataSource): WordIndex {
  let parsed: unknown;
  try {
    parsed = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw badForm(`${name} is not JSON`, 'an object of words and ranks', (error as Error).message, error);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw badForm(`${name} is not a word index`, 'an object of words and ranks', show(parsed));
  }
  return wordIndexFrom(Object.entries(parsed), source);
}

/** Counts words; ranks go by count, words of equal count by their code units. */
export function countWords(texts: Iterable<readonly string[]>, source?: DataSource): WordIndex {
  const counts = new Map<string, number>();
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return wordIndexFrom(
    sorted.map(([word], i) => [word, i + 1] as const),
    source,
  );
}

function badForm(what: string, expected: string, received: string, cause?: unknown): OstinatoError {
  return new OstinatoError('word-index-form', { where: WHERE, what, expected, received, cause });
}

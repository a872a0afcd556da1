/**
 * A text as the ids a model was trained on.
 */
import { checkText, checkWordIndex } from './check-arguments.js';
import {
  checkEncodingFields,
  type EncodingOptions,
  encodeRanks,
  resolveEncoding,
} from './review-encoding.js';
import { tokenize } from './tokenize.js';
import type { WordIndex } from './word-index.js';

const WHERE = 'encodeText';

/**
 * Turns a text into ids: `tokenize`, then the word index, then the same marks and limits as `loadImdb`.
 *
 * Words that are not in the index are dropped, as they are in the data. Pass the `encoding` that `loadImdb` returned.
 *
 * Shapes   text → i32[words, and one with a start mark]; see `padSequences` for one length
 * Throws   `config-…`
 *
 * @example
 * const { encoding, source } = await loadImdb({ numWords: 10_000, maxLen: 500 });
 * const x = padSequences([encodeText('A gem.', await getWordIndex({ source }), encoding)], { maxLen: 500 });
 */
export function encodeText(text: string, index: WordIndex, options: EncodingOptions = {}): Int32Array {
  checkText(WHERE, text);
  checkWordIndex(WHERE, index);
  checkEncodingFields(options, [], WHERE);
  const encoding = resolveEncoding(options, WHERE);
  const ranks: number[] = [];
  for (const word of tokenize(text)) {
    const rank = index.ranks.get(word);
    if (rank !== undefined) ranks.push(rank);
  }
  const ids = new Int32Array(ranks.length + 1);
  return ids.slice(0, encodeRanks(ranks, encoding, ids, 0));
}

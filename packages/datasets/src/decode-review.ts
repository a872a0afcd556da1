/**
 * The ids of a review as words again.
 */
import { checkIds, checkWordIndex } from './check-arguments.js';
import { checkEncodingFields, type EncodingOptions, resolveEncoding } from './review-encoding.js';
import type { WordIndex } from './word-index.js';

const WHERE = 'decodeReview';

export interface DecodeOptions extends EncodingOptions {
  /** Stands for a word that was left out. Default '[OOV]'. */
  readonly oov?: string;
  /** Stands for the start mark. Default: nothing. */
  readonly start?: string;
}

/**
 * Words of a review, separated by spaces. Padding (id 0) is left out.
 *
 * Throws   `config-…`
 * Differs  the example in Keras' documentation writes the start mark as '[START]'
 *
 * @example
 * decodeReview(row, await getWordIndex({ source }), encoding); // 'this film was just brilliant …'
 */
export function decodeReview(ids: ArrayLike<number>, index: WordIndex, options: DecodeOptions = {}): string {
  checkIds(WHERE, ids);
  checkWordIndex(WHERE, index);
  checkEncodingFields(options, ['oov', 'start'], WHERE);
  const { startChar, oovChar, indexFrom } = resolveEncoding(options, WHERE);
  const { oov = '[OOV]', start = '' } = options;
  const words: string[] = [];
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i]!;
    const word = id > indexFrom ? index.words[id - indexFrom] : undefined;
    if (word) words.push(word);
    else if (id === startChar) words.push(start);
    else if (id === oovChar) words.push(oov);
    else if (id !== 0) words.push(oov);
  }
  return words.filter((word) => word !== '').join(' ');
}

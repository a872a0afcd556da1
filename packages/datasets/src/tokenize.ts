/**
 * Text to words by the rules that IMDB's word ids were made with.
 */
import { checkText } from './check-arguments.js';

/** Python's `string.punctuation` without the apostrophe, tab and line feed. */
const SEPARATORS = /[!"#$%&()*+,\-./:;<=>?@[\\\]^_`{|}~\t\n]/g;

/**
 * The words of a text.
 *
 * Only ASCII letters are lower-cased; punctuation becomes a space, but the apostrophe stays; only the space separates.
 *
 * Throws   `config-text`
 *
 * @example
 * tokenize("It's GOOD.<br />Really"); // ["it's", 'good', 'br', 'really']
 */
export function tokenize(text: string): string[] {
  checkText('tokenize', text);
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return lower
    .replace(SEPARATORS, ' ')
    .split(' ')
    .filter((word) => word !== '');
}

import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { rowAt } from './arrays.js';
import { decodeReview } from './decode-review.js';
import { encodeText } from './encode-text.js';
import { getWordIndex } from './get-word-index.js';
import { readImdbNpz } from './imdb-npz.js';
import { NO_SHARED_DATA, sharedData } from './test-support/golden.js';
import { countWords, type WordIndex } from './word-index.js';

const index = countWords([['the', 'the', 'the', 'film', 'film', 'gem']]);

describe('encodeText', () => {
  it('marks, shifts, and drops unknown words', () => {
    expect([...encodeText('The FILM, the unheard-of gem!', index)]).toEqual([1, 4, 5, 4, 6]);
    expect([...encodeText('', index)]).toEqual([1]);
  });

  it('follows the limits of the data', () => {
    expect([...encodeText('the film gem', index, { numWords: 5 })]).toEqual([1, 4, 2, 2]);
    expect([...encodeText('the film gem', index, { skipTop: 5 })]).toEqual([2, 2, 5, 6]);
    expect([...encodeText('the film gem', index, { skipTop: 5, oovChar: null })]).toEqual([5, 6]);
    expect([...encodeText('the gem', index, { startChar: null, indexFrom: 0 })]).toEqual([1, 3]);
  });

  it.each([
    ['config-num-words', { numWords: 0 }],
    ['config-skip-top', { skipTop: -1 }],
    ['config-index-from', { indexFrom: 0.5 }],
    ['config-start-char', { startChar: 'x' as never }],
    ['config-oov-char', { oovChar: Number.NaN }],
    ['config-unknown', { num_words: 5 } as object],
  ])('%s', (code, options) => {
    expect(() => encodeText('the', index, options)).toThrow(expect.objectContaining({ code }));
  });
});

describe('decodeReview', () => {
  it('gives the words back without padding and start mark', () => {
    expect(decodeReview([0, 0, 1, 4, 2, 6], index)).toBe('the [OOV] gem');
    expect(decodeReview(encodeText('the film', index), index, { start: '[START]' })).toBe('[START] the film');
    expect(decodeReview([1, 2, 3], index, { startChar: null, indexFrom: 0 })).toBe('the film gem');
    expect(decodeReview([4, 99], index, { oov: '?' })).toBe('the ?');
  });
});

const npz = sharedData('imdb.npz');
describe.skipIf(!npz)(`the 200 raw reviews of the real data (${npz ? 'present' : NO_SHARED_DATA})`, () => {
  const plain = { startChar: null, indexFrom: 0, oovChar: null };
  let words: WordIndex;
  beforeAll(async () => {
    words = await getWordIndex({ path: sharedData('imdb_word_index.json')! });
  });

  it('become exactly the rows of imdb.npz', () => {
    const { test } = readImdbNpz(readFileSync(npz!), 'imdb.npz');
    const lines = readFileSync(sharedData('reviews_sample.jsonl')!, 'utf8').trim().split('\n');
    expect(lines).toHaveLength(200);
    for (const [k, line] of lines.entries()) {
      const { text, label } = JSON.parse(line) as { text: string; label: number };
      expect([...encodeText(text, words, plain)]).toEqual([...rowAt(test.ranks, 125 * k)]);
      expect(test.labels[125 * k]).toBe(label);
    }
  });
});

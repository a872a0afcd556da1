import { expect, it } from 'vitest';
import { tokenize } from './tokenize.js';

it('lowers ASCII letters alone, keeps the apostrophe, and separates at all other punctuation', () => {
  expect(tokenize("It's GOOD.<br /><br />Really")).toEqual(["it's", 'good', 'br', 'br', 'really']);
  expect(tokenize('ÉTÉ Été')).toEqual(['ÉtÉ', 'Été']);
  expect(tokenize('a!b"c#d$e%f&g(h)i*j+k,l-m.n/o:p;q<r=s>t?u@v[w\\x]y^z_A`B{C|D}E~F\tG\nH')).toHaveLength(34);
});

it('separates at the space only: not at other white space', () => {
  expect(tokenize('  a\u00a0b \r c\u0085d ')).toEqual(['a\u00a0b', '\r', 'c\u0085d']);
  expect(tokenize('')).toEqual([]);
});

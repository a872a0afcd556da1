import { describe, expect, it } from 'vitest';
import { countWords, parseWordIndex } from './word-index.js';

const parse = (json: string) => parseWordIndex(new TextEncoder().encode(json), 'words.json');

it('reads words and ranks, both ways, whatever the words are', () => {
  const index = parse('{"the": 1, "constructor": 3, "__proto__": 2, "été": 5}');
  expect(index.ranks.get('constructor')).toBe(3);
  expect(index.ranks.get('__proto__')).toBe(2);
  expect(index.ranks.get('toString')).toBeUndefined();
  expect(index.words).toEqual(['', 'the', '__proto__', 'constructor', '', 'été']);
});

it('counts words: by count, then by code units', () => {
  expect(
    countWords([
      ['b', 'a', 'b'],
      ['c', 'Z'],
    ]).words,
  ).toEqual(['', 'b', 'Z', 'a', 'c']);
});

describe('refuses', () => {
  it.each([
    ['no JSON', '<html>'],
    ['a list', '["the"]'],
    ['null', 'null'],
    ['no word', '{}'],
    ['a rank that is no number', '{"the": "1"}'],
    ['rank 0', '{"the": 0}'],
    ['a rank twice', '{"the": 1, "a": 1}'],
    ['a rank that would fill the memory', '{"the": 1000000000}'],
    ['a rank that would make a list of millions', '{"the": 1, "a": 16777216}'],
  ])('%s', (_, json) => {
    expect(() => parse(json)).toThrow(expect.objectContaining({ code: 'word-index-form' }));
  });
});

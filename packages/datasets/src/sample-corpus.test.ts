import { describe, expect, it } from 'vitest';
import { rowAt, rowCount } from './arrays.js';
import { decodeReview } from './decode-review.js';
import { encodeText } from './encode-text.js';
import {
  generateSample,
  SAMPLE_NAME,
  type SampleReview,
  sampleCorpus,
  sampleCorpusSequences,
  sampleTexts,
} from './sample-corpus.js';
import { BLAME, PRAISE } from './sample-words.js';
import { tokenize } from './tokenize.js';

describe('is determined by its seed', () => {
  it('to the bit, on every machine', () => {
    expect(generateSample({ seed: 1, reviews: 400 }).source.sha256).toBe(
      '22d9c6509aa1fadf927b602b186b259efb4a095ea0ec3e7d5d8419f7e72b9296',
    );
    expect(generateSample({ seed: 2, reviews: 400 }).source.sha256).not.toBe(
      '22d9c6509aa1fadf927b602b186b259efb4a095ea0ec3e7d5d8419f7e72b9296',
    );
  });

  it('review by review: a larger corpus begins with the smaller one', () => {
    const few = sampleTexts({ seed: 5, reviews: 8 });
    const more = sampleTexts({ seed: 5, reviews: 16 });
    expect(more.train.slice(0, 2)).toEqual(few.train.slice(0, 2));
    expect(more.test.slice(4, 6)).toEqual(few.test.slice(2, 4));
    expect(few.train[0]).not.toEqual(few.test[0]);
  });
});

it('has the shape of IMDB: two halves, half of each positive, ids by frequency from indexFrom on', () => {
  const { train, test, wordIndex, source } = sampleCorpus({ reviews: 2000, maxLen: 60, numWords: 300 });
  for (const { x, y, indices } of [train, test]) {
    expect(x.shape).toEqual([1000, 60]);
    expect(y.data.reduce((sum, label) => sum + label, 0)).toBe(500);
    expect(new Set(indices).size).toBe(1000);
    expect(Math.max(...x.data)).toBeLessThan(300);
  }
  expect(source).toMatchObject({ kind: 'sample', name: SAMPLE_NAME, sample: { seed: 1, reviews: 2000 } });
  const counts = new Map<string, number>();
  for (const { text } of sampleTexts({ reviews: 2000 }).train) {
    for (const word of tokenize(text)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const byRank = wordIndex.words.slice(1).map((word) => counts.get(word)!);
  expect(byRank).toEqual([...byRank].sort((a, b) => b - a));
});

it('gives each review’s own text back', () => {
  const { train, wordIndex, encoding } = sampleCorpusSequences({ reviews: 400 });
  const texts = sampleTexts({ reviews: 400 }).train;
  for (let i = 0; i < rowCount(train.x); i++) {
    const { text, label } = texts[train.indices[i]!]!;
    expect([...rowAt(train.x, i)]).toEqual([...encodeText(text, wordIndex, encoding)]);
    expect(train.y.data[i]).toBe(label);
  }
  const unlimited = { ...encoding, numWords: 10_000 };
  const text = decodeReview(encodeText(texts[0]!.text, wordIndex, unlimited), wordIndex, unlimited);
  expect(text).toBe(tokenize(texts[0]!.text).join(' '));
});

it('says everywhere that it is not IMDB', () => {
  const { source, wordIndex } = sampleCorpus({ reviews: 8, maxLen: 10 });
  expect(SAMPLE_NAME).toMatch(/not IMDB/);
  expect(source.note).toMatch(/not IMDB/);
  expect(wordIndex.source).toEqual(source);
});

it.each([0, -4, 6, 10, 2.5])('refuses %s reviews', (reviews) => {
  expect(() => sampleCorpus({ reviews })).toThrow(expect.objectContaining({ code: 'config-reviews' }));
});

it('refuses options it does not know', () => {
  expect(() => sampleCorpus({ size: 10 } as object)).toThrow(/\(config-unknown\)/);
});

describe('word counts alone do not solve it, structure does', () => {
  const { train, test } = sampleTexts({ reviews: 8000 });

  it('a logistic regression over word counts stays below 0.72', () => {
    const accuracy = shareRight(test, countingClassifier(train));
    expect(accuracy).toBeGreaterThan(0.6);
    expect(accuracy).toBeLessThan(0.72);
  });

  it('a rule that reads sentences gets every review right', () => {
    expect(shareRight(test, readsStructure)).toBe(1);
  });
});

function shareRight(reviews: readonly SampleReview[], guess: (text: string) => boolean): number {
  return reviews.filter(({ text, label }) => guess(text) === (label === 1)).length / reviews.length;
}

/** Logistic regression over counts of words, by plain gradient steps with weight decay. */
function countingClassifier(reviews: readonly SampleReview[]): (text: string) => boolean {
  const weights = new Map<string, number>();
  let bias = 0;
  const score = (words: readonly string[]): number =>
    words.reduce((sum, word) => sum + (weights.get(word) ?? 0), bias);
  const samples = reviews.map(({ text, label }) => ({ words: tokenize(text), label }));
  const mixed = samples.map((_, i) => samples[(i * 1237) % samples.length]!);
  for (let epoch = 0; epoch < 12; epoch++) {
    for (const { words, label } of mixed) {
      const step = 0.02 * (label - 1 / (1 + Math.exp(-score(words))));
      bias += step;
      for (const word of words) weights.set(word, (weights.get(word) ?? 0) * 0.9999 + step);
    }
  }
  return (text) => score(tokenize(text)) > 0;
}

/** What a reader does: skips the story, hears "not", takes the half of a sentence that counts. */
function readsStructure(text: string): boolean {
  const verdicts = text.split('. ').map(judgement);
  return verdicts.reduce((sum, verdict) => sum + verdict, 0) > 0;
}

/** +1, −1, or 0 for a sentence that does not judge the film. */
function judgement(sentence: string): number {
  const text = sentence
    .toLowerCase()
    .replace(/^(in the end: |all in all, |looking back, |to be fair, |still, )/, '');
  const last =
    /(?:ends|but the rest is|the whole is|turns|i call it|and got something|and i saw an?) (.*)$/.exec(
      text,
    )?.[1];
  if (
    /^(it starts|the first half|although the|what seems|my \w+ called|i expected|the \w+ promised)/.test(text)
  ) {
    return last === undefined ? 0 : polarity(last);
  }
  const first = /^(?:it is|i call it) (.*?),/.exec(text)?.[1];
  if (first !== undefined) return polarity(first);
  if (text.startsWith('not ')) return polarity(text.split(', ')[1]!);
  if (/^(it is never|nobody could|i cannot say|there is nothing) /.test(text)) return -polarity(text);
  if (/^(to me it is|i found the|it is) /.test(text)) return polarity(text);
  const subject = /^the (\w+) is (not )?/.exec(text);
  return subject ? polarity(text) * (subject[2] ? -1 : 1) : 0;
}

function polarity(clause: string): number {
  const words = tokenize(clause);
  const has = (list: readonly string[]): boolean => words.some((word) => list.includes(word));
  return has(PRAISE) ? 1 : has(BLAME) ? -1 : 0;
}

import { describe, expect, it } from 'vitest';
import { randomState } from './mt19937.js';
import { digest, readGolden } from './test-support/golden.js';

interface Golden {
  wordsAt: number[];
  cases: {
    seed: number;
    words: number[];
    shuffled11: number[];
    then7: number[];
    permutations: { count: number; sha256: string }[];
  }[];
}

const golden = readGolden<Golden>('random-state.json');

describe.each(golden.cases)('randomState($seed) is numpy.random.RandomState($seed)', (expected) => {
  it('gives the same words, across refills of the state', () => {
    const rng = randomState(expected.seed);
    const words = Array.from({ length: 1300 }, () => rng.uint32());
    expect(golden.wordsAt.map((at) => words[at])).toEqual(expected.words);
  });

  it('shuffles in place and goes on from there', () => {
    const rng = randomState(expected.seed);
    const first = Int32Array.from({ length: 11 }, (_, i) => i);
    const second = [0, 1, 2, 3, 4, 5, 6];
    rng.shuffle(first);
    rng.shuffle(second);
    expect([...first]).toEqual(expected.shuffled11);
    expect(second).toEqual(expected.then7);
  });

  it('permutes, beyond sizes of 16 bits too', () => {
    const rng = randomState(expected.seed);
    for (const { count, sha256 } of expected.permutations)
      expect(digest(rng.permutation(count))).toBe(sha256);
  });
});

it.each([-1, 1.5, 2 ** 32, Number.NaN])('refuses the seed %s', (seed) => {
  expect(() => randomState(seed)).toThrow(/RandomState.*received .*\(config-seed\)/);
});

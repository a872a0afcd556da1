import { expect, test } from 'vitest';
import { matchesPath } from './path-pattern.js';

test.each([
  ['bias', 'dense/bias', true],
  ['bias', 'lstm/forward/bias', true],
  ['bias', 'bias_layer/kernel', false],
  ['bias', 'dense/bias2', false],
  ['dense', 'dense/kernel', true],
  ['dense*', 'dense_1/kernel', true],
  ['dense*', 'my_dense/kernel', false],
  ['*dense*', 'my_dense_2/kernel', true],
  ['embedding/*', 'embedding/embeddings', true],
  ['embedding/*', 'embedding', false],
  ['a/b', 'x/a/b/c', true],
  ['a/b', 'x/a/c/b', false],
  ['b*a', 'ba', true],
  ['ab*ba', 'aba', false],
  ['*a*b*c', 'xaxbxc', true],
  ['*a*b*c', 'xbxaxc', false],
  ['*', 'dense/kernel', true],
])('%s and %s: %s', (pattern, path, matches) => {
  expect(matchesPath(pattern, path)).toBe(matches);
});

test('a hostile pattern costs no more than its length', () => {
  const start = performance.now();
  expect(matchesPath(`${'*a'.repeat(5000)}b`, 'a'.repeat(5000))).toBe(false);
  expect(performance.now() - start).toBeLessThan(1000);
});

import { expect, it } from 'vitest';
import { showDuration } from './duration.js';

it.each([
  [0, '0.0 s'],
  [0.84, '0.8 s'],
  [9.94, '9.9 s'],
  [9.96, '10 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [85, '1 min 25 s'],
  [3599.4, '59 min 59 s'],
  [3599.6, '1 h 00 min'],
  [7800, '2 h 10 min'],
  [Number.NaN, '?'],
])('%d seconds are %s', (seconds, text) => {
  expect(showDuration(seconds)).toBe(text);
});

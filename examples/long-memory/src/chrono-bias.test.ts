import { createRng } from '@ostinato/core';
import { expect, test } from 'vitest';
import { chronoBias, chronoUpdateBias } from './chrono-bias.js';

test('forget gates keep for 1 to T steps, input gates are their opposite, the others begin at zero', () => {
  const bias = chronoBias(50).apply([400], createRng(1));
  const forget = bias.subarray(100, 200);
  const spans = forget.map((value) => Math.exp(value)).sort();
  expect(spans[0]).toBeGreaterThanOrEqual(1);
  expect(spans[0]).toBeLessThan(4);
  expect(spans[99]).toBeLessThan(49.001);
  expect(spans[99]).toBeGreaterThan(45);
  expect(Math.abs(spans[50]! - 25)).toBeLessThan(8); // the middle of [1, 49]
  expect(bias.subarray(0, 100)).toEqual(forget.map((value) => -value));
  expect(bias.subarray(200).every((value) => value === 0)).toBe(true);
});

test('update gates of a GRU keep for 1 to T steps, nothing else begins with a bias', () => {
  const bias = chronoUpdateBias(50).apply([2, 300], createRng(1));
  const spans = bias
    .slice(0, 100)
    .map((value) => Math.exp(value))
    .sort();
  expect(spans[0]).toBeGreaterThanOrEqual(1);
  expect(spans[99]).toBeLessThan(49.001);
  expect(spans[99]).toBeGreaterThan(45);
  expect(bias.subarray(100).every((value) => value === 0)).toBe(true);
});

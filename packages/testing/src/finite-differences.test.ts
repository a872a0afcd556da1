import { createRng } from '@ostinato/core';
import { describe, expect, it } from 'vitest';
import { checkGradient } from './finite-differences.js';

/** Σ f(xᵢ), each term rounded to f32 as a tensor's values are. */
const sumOf = (f: (x: number) => number) => (values: Float32Array) =>
  values.reduce((sum, x) => sum + Math.fround(f(x)), 0);
const values = Float32Array.from({ length: 40 }, (_, i) => Math.sin(i * 1.3) + 0.02);
const check = (f: (x: number) => number, slope: (x: number) => number, tolerance = 1e-3) =>
  checkGradient(sumOf(f), values, values.map(slope), createRng(1), tolerance);

describe('checkGradient', () => {
  it.each<[string, (x: number) => number, (x: number) => number]>([
    ['x³', (x) => x ** 3, (x) => 3 * x ** 2],
    ['tanh x', Math.tanh, (x) => 1 - Math.tanh(x) ** 2],
    ['sin 4x', (x) => Math.sin(4 * x), (x) => 4 * Math.cos(4 * x)],
    ['10 + x', (x) => 10 + x, () => 1],
  ])('is good to three digits for %s in f32', (name, f, slope) => {
    const found = check(f, slope, name === '10 + x' ? 2e-3 : 1e-3);
    expect(found).toEqual({ wrong: undefined, tried: 15, kinks: 0 });
  });

  it('finds one wrong value of forty, wherever it is', () => {
    for (const place of [0, 1, 17, 39]) {
      const gradient = values.map((x, i) => 2 * x + (i === place ? 0.3 : 0));
      const { wrong } = checkGradient(
        sumOf((x) => x * x),
        values,
        gradient,
        createRng(1),
        2e-3,
      );
      expect(wrong).toBeDefined();
    }
  });

  it('finds a gradient that is a little too large everywhere', () => {
    expect(
      check(
        (x) => x * x,
        (x) => 2.02 * x,
        2e-3,
      ).wrong?.analytic,
    ).toBeDefined();
  });

  it('finds what is not a number', () => {
    expect(
      check(
        (x) => x * x,
        () => Number.NaN,
      ).wrong,
    ).toBeDefined();
  });

  it('says nothing of kinks, and counts them', () => {
    const kinked = Float32Array.of(0.003, 0.5, -0.5, 0, 1e-5, -0.0001);
    const slope = kinked.map(() => 7); // wrong everywhere
    const found = checkGradient(sumOf(Math.abs), kinked, slope, createRng(1), 2e-3);
    expect([found.kinks, found.tried, found.wrong?.index]).toEqual([3, 6, 2]);
  });

  it('tries nothing where there is nothing', () => {
    const none = new Float32Array(0);
    expect(checkGradient(() => 0, none, none, createRng(1), 1e-3)).toEqual({
      wrong: undefined,
      tried: 0,
      kinks: 0,
    });
  });
});

// The referee is Math: it may differ from engine to engine in the last bits, far below what is asked here.
import { describe, expect, test } from 'vitest';
import { softplus } from './softplus.js';

const exact = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

describe('ln(1 + e^x)', () => {
  test('within 1e-10 of its size from −700 to 700', () => {
    for (let i = -7000; i <= 7000; i++) {
      const x = i / 10 + 0.013;
      expect(Math.abs(softplus(x) / exact(x) - 1)).toBeLessThan(1e-10);
    }
  });

  test('where it is decided: around 0 and where the parts of e^−|x| meet', () => {
    for (const k of [0, 0.5, 1, 1.5, 2.5, 30.5]) {
      for (const near of [-1e-9, -1e-16, 0, 1e-16, 1e-9]) {
        const x = k * Math.LN2 + near;
        for (const value of [x, -x]) expect(Math.abs(softplus(value) / exact(value) - 1)).toBeLessThan(1e-10);
      }
    }
    expect(softplus(0)).toBeCloseTo(Math.LN2, 10);
  });

  test('far out it is x and 0; what is no number stays none', () => {
    expect([1e4, 1e300, Number.POSITIVE_INFINITY].map(softplus)).toEqual([
      1e4,
      1e300,
      Number.POSITIVE_INFINITY,
    ]);
    expect([-709, -1e4, Number.NEGATIVE_INFINITY].map(softplus)).toEqual([0, 0, 0]);
    expect(softplus(Number.NaN)).toBeNaN();
  });
});

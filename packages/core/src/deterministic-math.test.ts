import { describe, expect, it } from 'vitest';
import { cosPi, exp, ln, pow, powInteger } from './deterministic-math.js';
import { createRng } from './rng.js';

/** Distance in units of the last place of `wanted`. */
function ulps(found: number, wanted: number): number {
  if (Object.is(found, wanted)) return 0;
  const size = Math.abs(wanted);
  const exponent = Math.max(Math.floor(Math.log2(size)), -1022);
  return Math.abs(found - wanted) / 2 ** (exponent - 52);
}

/** Values from all sizes a double can have, and close to 1, where a logarithm is hard. */
function positives(): number[] {
  const rng = createRng(1);
  const spread = Array.from({ length: 20_000 }, () => (1 + rng.uniform()) * 2 ** (rng.int(2090) - 1066));
  const nearOne = Array.from({ length: 20_000 }, () => 1 + rng.uniform(-0.3, 0.45));
  const edges = [
    5e-324,
    2.2250738585072014e-308,
    1.7976931348623157e308,
    Math.SQRT2,
    Math.SQRT1_2,
    1,
    2,
    0.5,
  ];
  return [...spread, ...nearOne, ...edges, 1 + Number.EPSILON, 1 - Number.EPSILON / 2];
}

describe('ln', () => {
  it('is within 3 units of the last place of Math.log, everywhere', () => {
    let worst = 0;
    for (const x of positives()) worst = Math.max(worst, ulps(ln(x), Math.log(x)));
    expect(worst).toBeLessThanOrEqual(3);
  });

  it('has the limits of a logarithm', () => {
    expect(ln(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(ln(-0)).toBe(Number.NEGATIVE_INFINITY);
    expect(ln(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(ln(-1)).toBeNaN();
    expect(ln(Number.NaN)).toBeNaN();
    expect(ln(1)).toBe(0);
  });

  it('never falls', () => {
    for (let x = 0.5; x < 2; x += 1 / 4096) expect(ln(x + 1 / 4096)).toBeGreaterThan(ln(x));
  });
});

describe('exp', () => {
  it('is within 3 units of the last place of Math.exp over the range of doubles', () => {
    const rng = createRng(2);
    let worst = 0;
    for (let i = 0; i < 40_000; i++) {
      const x = i % 2 === 0 ? rng.uniform(-708, 709.7) : rng.uniform(-2, 2);
      worst = Math.max(worst, ulps(exp(x), Math.exp(x)));
    }
    expect(worst).toBeLessThanOrEqual(3);
  });

  it('goes down to the smallest numbers gradually', () => {
    for (const x of [-708.5, -720, -740, -745]) {
      expect(Math.abs(exp(x) - Math.exp(x))).toBeLessThanOrEqual(5e-324);
    }
  });

  it('has the limits of an exponential', () => {
    expect(exp(0)).toBe(1);
    expect(exp(-0)).toBe(1);
    expect(exp(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(709.7)).toBeLessThan(Number.POSITIVE_INFINITY);
    expect(exp(709.782712893384)).toBeLessThanOrEqual(Number.POSITIVE_INFINITY);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(-746)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
  });

  it('undoes ln', () => {
    for (const x of [1e-9, 0.3, 1, 7, 1e9]) expect(Math.abs(exp(ln(x)) / x - 1)).toBeLessThan(1e-14);
  });
});

describe('powInteger', () => {
  it.each([
    [2, 10, 1024],
    [0.5, 3, 0.125],
    [-3, 3, -27],
    [7, 0, 1],
    [0, 0, 1],
    [10, 15, 1e15],
  ])('%d to the power of %d is %d', (base, exponent, power) => {
    expect(powInteger(base, exponent)).toBe(power);
  });

  it.each([0.9, 0.999])('%d^n is as exact as Adam needs, up to a million steps', (beta) => {
    for (const n of [1, 2, 3, 10, 100, 1000, 6000]) {
      expect(Math.abs(powInteger(beta, n) / beta ** n - 1)).toBeLessThan(1e-12);
    }
    expect(powInteger(beta, 1_000_000)).toBeLessThan(1e-300);
  });
});

describe('pow', () => {
  it('is within 1e-13 of Math.pow for the bases and exponents that schedules have', () => {
    const rng = createRng(3);
    for (let i = 0; i < 20_000; i++) {
      const [base, exponent] = [rng.uniform(0.01, 3), rng.uniform(-100, 100)];
      expect(Math.abs(pow(base, exponent) / base ** exponent - 1)).toBeLessThan(1e-13);
    }
  });

  it.each([
    [0.9, 1, 0.9],
    [0.5, 2, 0.25],
    [2, -3, 0.125],
    [-2, 3, -8],
    [7, 0, 1],
    [0, 0.5, 0],
    [0, 0, 1],
    [0, -0.5, Number.POSITIVE_INFINITY],
    [1, 0.3, 1],
  ])('%d to the power of %d is %d', (base, exponent, power) => {
    expect(pow(base, exponent)).toBe(power);
  });

  it('has no value for a negative base and a broken exponent', () => {
    expect(pow(-2, 0.5)).toBeNaN();
  });
});

describe('cosPi', () => {
  it('is within 2e-16 of the cosine, over many turns', () => {
    const rng = createRng(4);
    for (let i = 0; i < 20_000; i++) {
      const x = rng.uniform(-1, 1);
      expect(Math.abs(cosPi(x) - Math.cos(Math.PI * x))).toBeLessThanOrEqual(4e-16); // Math.cos sees a rounded π·x
      expect(cosPi(-x)).toBe(cosPi(x));
    }
    for (const x of [0.125, 0.3125, 0.75]) expect(cosPi(x + 1_000_000)).toBe(cosPi(x));
  });

  it.each([
    [0, 1],
    [0.5, 0],
    [1, -1],
    [1.5, 0],
    [2, 1],
    [-3, -1],
    [1 / 4, Math.SQRT1_2],
  ])('at %d is %d', (x, value) => {
    expect(Math.abs(cosPi(x) - value)).toBeLessThanOrEqual(1.2e-16);
  });

  it('falls from 0 to 1', () => {
    for (let x = 0; x < 1; x += 1 / 4096) expect(cosPi(x + 1 / 4096)).toBeLessThan(cosPi(x));
  });

  it('has no value where the cosine has none', () => {
    expect(cosPi(Number.POSITIVE_INFINITY)).toBeNaN();
    expect(cosPi(Number.NaN)).toBeNaN();
  });
});

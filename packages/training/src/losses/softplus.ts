/**
 * ln(1 + e^x) in f64, of operations that IEEE 754 fixes exactly: what engines make of `Math.exp` differs.
 *
 * For losses, whose values are then rounded to f32; `exp` and `ln` of core are exact to the last bits, and ten times as slow.
 */

/** 2^−k. */
const HALVES = /* @__PURE__ */ Float64Array.from({ length: 1023 }, (_, k) => 2 ** -k);
const INVERSE_LN2 = 1 / Math.LN2;
/** ln 2 in two parts, so that k·ln 2 is subtracted without rounding. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/**
 * ln(1 + e^x), within 1e-10 of its size; for x below −708 it is 0.
 *
 * max(x, 0) + ln(1 + t), t = e^−|x|
 */
export function softplus(x: number): number {
  return Math.max(x, 0) + ln1p(expOfMinus(Math.abs(x)));
}

/** e^−a for a ≥ 0: 2^−k·e^r with |r| ≤ ln 2 / 2, e^r by its series to r^11. */
function expOfMinus(a: number): number {
  if (a > 708) return 0;
  const k = Math.round(a * INVERSE_LN2);
  const r = k * LN2_HIGH - a + k * LN2_LOW;
  const high = 1 / 5040 + r * (1 / 40320 + r * (1 / 362880 + r * (1 / 3628800 + r * (1 / 39916800))));
  const low =
    1 + r * (1 + r * (1 / 2 + r * (1 / 6 + r * (1 / 24 + r * (1 / 120 + r * (1 / 720 + r * high))))));
  return HALVES[k]! * low;
}

/** ln(1 + t) for t in [0, 1]: 2·artanh s, s = t/(2 + t) ≤ 1/3, by its series to s^19. */
function ln1p(t: number): number {
  const s = t / (2 + t);
  const z = s * s;
  const high = 1 / 11 + z * (1 / 13 + z * (1 / 15 + z * (1 / 17 + z * (1 / 19))));
  return 2 * s * (1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * high)))));
}

/**
 * Functions whose last bit engines disagree on, made of operations IEEE 754 fixes exactly.
 *
 * `Math.log`, `Math.exp` and `Math.pow` may round differently from engine to engine; whatever shapes a weight or a
 * learning rate uses these instead. Not for speed: they are called per parameter, not per step of a sequence.
 */

const LN2 = Math.LN2;
const bits = new DataView(new ArrayBuffer(8));

/**
 * Natural logarithm, within 3 ulp.
 *
 * x = m·2^e with m in [√½, √2); ln m = 2·artanh((m−1)/(m+1)) by its series.
 */
export function ln(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let exponent = 0;
  let mantissa = x;
  if (mantissa < 2.2250738585072014e-308) {
    mantissa *= 18014398509481984; // 2^54: out of the subnormal range
    exponent = -54;
  }
  bits.setFloat64(0, mantissa);
  const high = bits.getUint32(0);
  exponent += (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | (1023 << 20));
  mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let series = 0;
  for (let n = 23; n >= 1; n -= 2) series = series * z + 1 / n;
  return exponent * LN2 + 2 * s * series;
}

/** Exponential function, within 3 ulp: 2^k·e^r with |r| ≤ ln 2 / 2, e^r by its series. */
export function exp(x: number): number {
  if (Number.isNaN(x)) return x;
  if (x > 709.79) return Number.POSITIVE_INFINITY;
  if (x < -745.2) return 0;
  const k = Math.round(x / LN2);
  const r = x - k * 0.6931471803691238 - k * 1.9082149292705877e-10; // ln 2 in two parts, so that r is exact
  let series = 1;
  for (let n = 18; n >= 1; n--) series = 1 + (r * series) / n;
  return scaleByPowerOfTwo(series, k);
}

/**
 * base^exponent for base ≥ 0, within 1e-13 of its size for exponents up to 100: exact products where the exponent is whole.
 */
export function pow(base: number, exponent: number): number {
  if (Number.isInteger(exponent) && Math.abs(exponent) <= 1024) {
    return exponent < 0 ? 1 / powInteger(base, -exponent) : powInteger(base, exponent);
  }
  if (base === 0) return exponent > 0 ? 0 : Number.POSITIVE_INFINITY;
  return exp(exponent * ln(base));
}

/** cos(π·x), within 2e-16: exact at every half. */
export function cosPi(x: number): number {
  const turn = Math.abs(x) % 2; // exact, as every step down to the series
  const half = turn > 1 ? 2 - turn : turn;
  if (half > 0.5) return -cosPi(1 - half);
  if (half <= 0.25) return cosineSeries(Math.PI * half);
  return sineSeries(Math.PI * (0.5 - half));
}

/** cos r for |r| ≤ π/4. */
function cosineSeries(r: number): number {
  const square = r * r;
  let series = 1;
  for (let n = 18; n >= 2; n -= 2) series = 1 - (square * series) / (n * (n - 1));
  return series;
}

/** sin r for |r| ≤ π/4. */
function sineSeries(r: number): number {
  const square = r * r;
  let series = 1;
  for (let n = 19; n >= 3; n -= 2) series = 1 - (square * series) / (n * (n - 1));
  return r * series;
}

/** base^exponent for a whole exponent ≥ 0, by squaring. */
export function powInteger(base: number, exponent: number): number {
  let result = 1;
  let square = base;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result *= square;
    square *= square;
  }
  return result;
}

function scaleByPowerOfTwo(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2); // in two factors: one alone may leave the range of a double
  return value * powerOfTwo(half) * powerOfTwo(exponent - half);
}

function powerOfTwo(exponent: number): number {
  bits.setUint32(0, (exponent + 1023) << 20);
  bits.setUint32(4, 0);
  return bits.getFloat64(0);
}

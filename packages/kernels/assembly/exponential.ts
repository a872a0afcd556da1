/**
 * e^x and e^x − 1 in four lanes, over the whole range of f32.
 *
 * x = n·ln 2 + r, |r| ≤ ln 2 / 2;  e^r − 1 = r + r²·q(r) with q of degree 4 (minimax, 3e-9);  2^n in two factors, so
 * that results overflow to infinity and underflow through the subnormals as they should. NaN stays NaN.
 */

/** 1.5·2^23: adding it rounds a small number to a whole one, which then stands in the lowest bits. */
const ROUNDER: f32 = 12582912.0;
const ROUNDER_BITS: i32 = 0x4b400000;
const LOG2_E: f32 = 1.44269504;
/** ln 2 in two parts; n times the first is exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

// @ts-ignore: decorator
@inline
function clamp(x: v128): v128 {
  return f32x4.pmax(f32x4.pmin(x, f32x4.splat(89.0)), f32x4.splat(-105.0)); // pseudo-minimum: a NaN passes through
}

/** r + r²·q(r), that is e^r − 1. */
// @ts-ignore: decorator
@inline
function remainder(r: v128): v128 {
  let q = f32x4.splat(0.001381422160193324);
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.00836889911442995));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.04166840389370918));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.1666651964187622));
  q = f32x4.add(f32x4.mul(q, r), f32x4.splat(0.4999999403953552));
  return f32x4.add(f32x4.mul(q, f32x4.mul(r, r)), r);
}

// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

// @ts-ignore: decorator
@inline
function reduce(x: v128, whole: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(whole, f32x4.splat(LN2_HIGH))), f32x4.mul(whole, f32x4.splat(LN2_LOW)));
}

// @ts-ignore: decorator
@inline
export function exponential(value: v128): v128 {
  const x = clamp(value);
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDER));
  const n = i32x4.sub(shifted, i32x4.splat(ROUNDER_BITS));
  const r = reduce(x, f32x4.sub(shifted, f32x4.splat(ROUNDER)));
  const half = i32x4.shr_s(n, 1);
  const mantissa = f32x4.add(remainder(r), f32x4.splat(1.0));
  return f32x4.mul(f32x4.mul(mantissa, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** For x ≤ 0 only; keeps its relative accuracy near 0, where e^x − 1 in two steps would lose it. */
// @ts-ignore: decorator
@inline
export function exponentialMinusOne(value: v128): v128 {
  const x = f32x4.pmax(value, f32x4.splat(-20.0));
  const shifted = f32x4.add(f32x4.mul(x, f32x4.splat(LOG2_E)), f32x4.splat(ROUNDER));
  const r = reduce(x, f32x4.sub(shifted, f32x4.splat(ROUNDER)));
  const scale = powerOfTwo(i32x4.sub(shifted, i32x4.splat(ROUNDER_BITS)));
  return f32x4.add(f32x4.mul(remainder(r), scale), f32x4.sub(scale, f32x4.splat(1.0)));
}

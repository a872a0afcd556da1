/**
 * Logistic sigmoid 1 / (1 + e^−x) over a run of values, in place.
 *
 * e^−x = 2^t, t = n + f with n whole and |f| ≤ ½: P(f) of degree 5 (minimax in the relative error, 7.5e-8) times 2^n. |x| is cut
 * off at 86, so that 2^n is an ordinary number; what is left there is 5e-38. At most 1.2e-7 from the truth; where values are
 * small, at most 1e-6 of the value down to x = −20 and 4e-6 down to −86. NaN stays NaN.
 *
 * The constants are globals for the reason told in `tanh.ts`.
 */
let limit: v128, lowerLimit: v128, one: v128;
let minusLog2E: v128, rounder: v128;
let c0: v128, c1: v128, c2: v128;
let c3: v128, c4: v128, c5: v128;

export function setSigmoidConstants(): void {
  limit = f32x4.splat(86.0);
  lowerLimit = f32x4.splat(-86.0);
  one = f32x4.splat(1.0);
  minusLog2E = f32x4.splat(-1.4426950216293335);
  rounder = f32x4.splat(12582912.0); // 1.5·2^23: adding it rounds to a whole number, which then stands in the lowest bits
  c0 = f32x4.splat(1.0000001192092896);
  c1 = f32x4.splat(0.6931469440460205);
  c2 = f32x4.splat(0.24022120237350464);
  c3 = f32x4.splat(0.05550713092088699);
  c4 = f32x4.splat(0.009675540961325169);
  c5 = f32x4.splat(0.0013276472454890609);
}

// @ts-ignore: decorator
@inline
function multiplyThenAdd(x: v128, y: v128, z: v128): v128 {
  return f32x4.add(f32x4.mul(x, y), z);
}

/** 2^n, from n in the lowest bits: shifted into the exponent and added to that of 1. */
// @ts-ignore: decorator
@inline
function powerOfTwo(bits: v128, unit: v128): v128 {
  return i32x4.add(i32x4.shl(bits, 23), unit);
}

/** Four vectors at a time, side by side, as in `tanh.ts`. `count` is a multiple of 16. */
export function sigmoid(values: usize, count: i32): void {
  const end = values + (<usize>count << 2);
  for (; values != end; values += 64) {
    let k = limit, l = lowerLimit;
    let t0 = f32x4.pmax(f32x4.pmin(v128.load(values), k), l), t1 = f32x4.pmax(f32x4.pmin(v128.load(values, 16), k), l);
    let t2 = f32x4.pmax(f32x4.pmin(v128.load(values, 32), k), l), t3 = f32x4.pmax(f32x4.pmin(v128.load(values, 48), k), l);
    k = minusLog2E; l = rounder;
    t0 = f32x4.mul(t0, k); t1 = f32x4.mul(t1, k); t2 = f32x4.mul(t2, k); t3 = f32x4.mul(t3, k);
    const n0 = f32x4.add(t0, l), n1 = f32x4.add(t1, l), n2 = f32x4.add(t2, l), n3 = f32x4.add(t3, l);
    t0 = f32x4.sub(t0, f32x4.sub(n0, l)); t1 = f32x4.sub(t1, f32x4.sub(n1, l));
    t2 = f32x4.sub(t2, f32x4.sub(n2, l)); t3 = f32x4.sub(t3, f32x4.sub(n3, l));
    k = c5; l = c4;
    let p0 = multiplyThenAdd(k, t0, l), p1 = multiplyThenAdd(k, t1, l);
    let p2 = multiplyThenAdd(k, t2, l), p3 = multiplyThenAdd(k, t3, l);
    k = c3;
    p0 = multiplyThenAdd(p0, t0, k); p1 = multiplyThenAdd(p1, t1, k);
    p2 = multiplyThenAdd(p2, t2, k); p3 = multiplyThenAdd(p3, t3, k);
    k = c2;
    p0 = multiplyThenAdd(p0, t0, k); p1 = multiplyThenAdd(p1, t1, k);
    p2 = multiplyThenAdd(p2, t2, k); p3 = multiplyThenAdd(p3, t3, k);
    k = c1;
    p0 = multiplyThenAdd(p0, t0, k); p1 = multiplyThenAdd(p1, t1, k);
    p2 = multiplyThenAdd(p2, t2, k); p3 = multiplyThenAdd(p3, t3, k);
    k = c0;
    p0 = multiplyThenAdd(p0, t0, k); p1 = multiplyThenAdd(p1, t1, k);
    p2 = multiplyThenAdd(p2, t2, k); p3 = multiplyThenAdd(p3, t3, k);
    k = one;
    v128.store(values, f32x4.div(k, multiplyThenAdd(p0, powerOfTwo(n0, k), k)));
    v128.store(values, f32x4.div(k, multiplyThenAdd(p1, powerOfTwo(n1, k), k)), 16);
    v128.store(values, f32x4.div(k, multiplyThenAdd(p2, powerOfTwo(n2, k), k)), 32);
    v128.store(values, f32x4.div(k, multiplyThenAdd(p3, powerOfTwo(n3, k), k)), 48);
  }
}

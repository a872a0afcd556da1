/**
 * Activation functions over a run of values, in place, and their slopes as functions of the output.
 *
 * Only activations whose slope follows from their output are here: a layer then keeps its states and nothing else for
 * the way back. The numbers are those of `src/activation-codes.ts`.
 */
import { exponential, exponentialMinusOne } from './exponential';
import { sigmoid } from './sigmoid';
import { tanh, tanhSlope } from './tanh';

export const LINEAR: i32 = 0;
export const TANH: i32 = 1;
export const SIGMOID: i32 = 2;
export const RELU: i32 = 3;
export const RELU6: i32 = 4;
export const LEAKY_RELU: i32 = 5;
export const ELU: i32 = 6;
export const SELU: i32 = 7;
export const EXPONENTIAL: i32 = 8;
export const HARD_SIGMOID: i32 = 9;
export const SOFTSIGN: i32 = 10;

const LEAK: f32 = 0.2;
const SELU_SCALE: f32 = 1.05070098735548;
const SELU_SCALE_ALPHA: f32 = 1.758099340847161;

// @ts-ignore: decorator
@inline
function negative(x: v128): v128 {
  return f32x4.lt(x, f32x4.splat(0.0)); // false for NaN: it takes the branch that returns it
}

// @ts-ignore: decorator
@inline
function between(x: v128, low: f32, high: f32): v128 {
  return f32x4.pmin(f32x4.pmax(x, f32x4.splat(low)), f32x4.splat(high));
}

/** f(x), for a `kind` known when this is compiled. */
// @ts-ignore: decorator
@inline
function value(kind: i32, x: v128): v128 {
  if (kind == RELU) return f32x4.pmax(x, f32x4.splat(0.0));
  if (kind == RELU6) return between(x, 0.0, 6.0);
  if (kind == LEAKY_RELU) return v128.bitselect(f32x4.mul(x, f32x4.splat(LEAK)), x, negative(x));
  if (kind == EXPONENTIAL) return exponential(x);
  if (kind == HARD_SIGMOID) return f32x4.div(between(f32x4.add(x, f32x4.splat(3.0)), 0.0, 6.0), f32x4.splat(6.0));
  return f32x4.div(x, f32x4.add(f32x4.abs(x), f32x4.splat(1.0))); // softsign
}

// @ts-ignore: decorator
@inline
function within(y: v128, low: f32, high: f32): v128 {
  return v128.and(f32x4.gt(y, f32x4.splat(low)), f32x4.lt(y, f32x4.splat(high)));
}

/** g·f'(x), from y = f(x), for a `kind` known when this is compiled. */
// @ts-ignore: decorator
@inline
function slope(kind: i32, y: v128, g: v128): v128 {
  const one = f32x4.splat(1.0);
  if (kind == SIGMOID) return f32x4.mul(g, f32x4.mul(y, f32x4.sub(one, y)));
  if (kind == RELU) return v128.and(g, f32x4.gt(y, f32x4.splat(0.0)));
  if (kind == RELU6) return v128.and(g, within(y, 0.0, 6.0));
  if (kind == LEAKY_RELU) return v128.bitselect(g, f32x4.mul(g, f32x4.splat(LEAK)), f32x4.gt(y, f32x4.splat(0.0)));
  if (kind == EXPONENTIAL) return f32x4.mul(g, y);
  if (kind == HARD_SIGMOID) return v128.and(f32x4.div(g, f32x4.splat(6.0)), within(y, 0.0, 1.0));
  const rest = f32x4.sub(one, f32x4.abs(y)); // softsign: 1/(1+|x|)
  return f32x4.mul(g, f32x4.mul(rest, rest));
}

// @ts-ignore: decorator
@inline
function eachValue(kind: i32, values: usize, end: usize): void {
  for (; values != end; values += 16) v128.store(values, value(kind, v128.load(values)));
}

// @ts-ignore: decorator
@inline
function eachSlope(kind: i32, out: usize, y: usize, g: usize, end: usize): void {
  for (; out != end; out += 16, y += 16, g += 16) v128.store(out, slope(kind, v128.load(y), v128.load(g)));
}

/** ELU and SELU: scale·x above 0, scaleBelow·(e^x − 1) below. */
function eachElu(values: usize, end: usize, scale: f32, scaleBelow: f32): void {
  for (; values != end; values += 16) {
    const x = v128.load(values);
    const below = f32x4.mul(exponentialMinusOne(x), f32x4.splat(scaleBelow));
    v128.store(values, v128.bitselect(below, f32x4.mul(x, f32x4.splat(scale)), negative(x)));
  }
}

function eachEluSlope(out: usize, values: usize, g: usize, end: usize, scale: f32, scaleBelow: f32): void {
  for (; out != end; out += 16, values += 16, g += 16) {
    const y = v128.load(values);
    const below = f32x4.add(y, f32x4.splat(scaleBelow));
    v128.store(out, f32x4.mul(v128.load(g), v128.bitselect(below, f32x4.splat(scale), negative(y))));
  }
}

/** values ← f(values); `count` is a multiple of 16. */
export function activate(values: usize, kind: i32, count: i32): void {
  const end = values + (<usize>count << 2);
  switch (kind) {
    case TANH: return tanh(values, count);
    case SIGMOID: return sigmoid(values, count);
    case RELU: return eachValue(RELU, values, end);
    case RELU6: return eachValue(RELU6, values, end);
    case LEAKY_RELU: return eachValue(LEAKY_RELU, values, end);
    case ELU: return eachElu(values, end, 1.0, 1.0);
    case SELU: return eachElu(values, end, SELU_SCALE, SELU_SCALE_ALPHA);
    case EXPONENTIAL: return eachValue(EXPONENTIAL, values, end);
    case HARD_SIGMOID: return eachValue(HARD_SIGMOID, values, end);
    case SOFTSIGN: return eachValue(SOFTSIGN, values, end);
  }
}

/** out ← g·f', from y = f; `count` is a multiple of 16. */
export function activationSlope(out: usize, y: usize, g: usize, kind: i32, count: i32): void {
  const end = out + (<usize>count << 2);
  switch (kind) {
    case TANH: return tanhSlope(out, y, g, count);
    case SIGMOID: return eachSlope(SIGMOID, out, y, g, end);
    case RELU: return eachSlope(RELU, out, y, g, end);
    case RELU6: return eachSlope(RELU6, out, y, g, end);
    case LEAKY_RELU: return eachSlope(LEAKY_RELU, out, y, g, end);
    case ELU: return eachEluSlope(out, y, g, end, 1.0, 1.0);
    case SELU: return eachEluSlope(out, y, g, end, SELU_SCALE, SELU_SCALE_ALPHA);
    case EXPONENTIAL: return eachSlope(EXPONENTIAL, out, y, g, end);
    case HARD_SIGMOID: return eachSlope(HARD_SIGMOID, out, y, g, end);
    case SOFTSIGN: return eachSlope(SOFTSIGN, out, y, g, end);
    default: memory.copy(out, g, end - out);
  }
}

/**
 * Values nearer to zero than 2⁻¹⁰⁰ become zero; NaN and infinities stay.
 *
 * Gradients that vanish over many steps, and moments that decay, end below 2⁻¹²⁶, where many processors compute a hundred times
 * slower. WebAssembly has no mode that flushes such subnormal numbers, as native libraries switch on. 2⁻¹⁰⁰ leaves a product
 * with anything above 2⁻²⁶ normal.
 */
const TINY: f32 = 7.888609052210118e-31; // 2⁻¹⁰⁰
const TINY_ROOT: f32 = 8.881784197001252e-16; // 2⁻⁵⁰: what is below has a square below 2⁻¹⁰⁰

// @ts-ignore: decorator
@inline
export function withoutTiny(x: v128): v128 {
  return v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(TINY)));
}

// @ts-ignore: decorator
@inline
export function withoutTinyScalar(x: f32): f32 {
  return abs<f32>(x) < TINY ? 0.0 : x;
}

/** x², or 0 where that is tiny. */
// @ts-ignore: decorator
@inline
export function squareWithoutTiny(x: v128): v128 {
  const large = v128.andnot(x, f32x4.lt(f32x4.abs(x), f32x4.splat(TINY_ROOT)));
  return f32x4.mul(large, large);
}

// @ts-ignore: decorator
@inline
export function squareWithoutTinyScalar(x: f32): f32 {
  return abs<f32>(x) < TINY_ROOT ? 0.0 : x * x;
}

/** In place; `size` in bytes, a multiple of 16. */
export function dropTiny(values: usize, size: usize): void {
  const end = values + size;
  for (; values != end; values += 16) v128.store(values, withoutTiny(v128.load(values)));
}

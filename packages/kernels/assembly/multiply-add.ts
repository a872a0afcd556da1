/** sum + x·y in each lane, rounded twice: plain SIMD, so that every machine gets the same bits. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(sum: v128, x: v128, y: v128): v128 {
  return f32x4.add(sum, f32x4.mul(x, y));
}

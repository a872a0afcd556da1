/** Up to four values from memory, zeros in the other lanes; reads not a byte more than `count` values (0 or less: none). */
export function loadFirst(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let result = f32x4.splat(0.0);
  if (count & 2 && count > 0) {
    result = v128.load64_zero(from);
    if (count & 1) result = v128.load_lane<u32>(from, result, 2, 8);
  } else if (count == 1) {
    result = v128.load32_zero(from);
  }
  return result;
}

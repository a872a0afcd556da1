/** The first `count` (1 to 7) of eight values, and not a byte more. */
export function storeFirst(out: usize, count: i32, low: v128, high: v128): void {
  if (count & 4) {
    v128.store(out, low);
    out += 16;
    low = high;
  }
  if (count & 2) {
    v128.store_lane<u64>(out, low, 0);
    out += 8;
    low = v128.shuffle<u64>(low, low, 1, 1);
  }
  if (count & 1) v128.store_lane<u32>(out, low, 0);
}

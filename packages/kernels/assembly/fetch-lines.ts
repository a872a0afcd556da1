/**
 * Brings a stretch of memory into the cache before it is needed.
 *
 * WebAssembly has no prefetch. Loads one after another overlap their waiting; loads amid arithmetic do not, because the
 * processor cannot look that far ahead. Costs about 4 ns a cache line instead of 20. Returns a value that depends on
 * every load, for the caller to store: loads whose values nobody wants are dropped.
 *
 * Units    `size` and strides in bytes; lines of 64 bytes
 */
export function fetchLines(from: usize, stride: usize, size: usize, rows: i32): i32 {
  let seen = 0;
  for (let r = 0; r < rows; r++) {
    const end = from + size;
    const last = end - 4;
    for (let line = from; line < end; line += 256) {
      seen |= load<i32>(line) | load<i32>(min(line + 64, last)) | load<i32>(min(line + 128, last)) | load<i32>(min(line + 192, last));
    }
    from += stride;
  }
  return seen;
}

/** Bytes that the states of one step take in a block: rows of units↑8 values, up to the next 64 bytes. */
export function slotBytes(rows: i32, units: i32): usize {
  const values = rows * ((units + 7) & ~7);
  return <usize>((values + 15) & ~15) << 2;
}

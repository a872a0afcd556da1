/** What a mask does at one step: a row whose mask byte is 0 keeps what it had, or gets nothing. */

/** Rows with mask 0 become copies of `previous`. `mask` points at the first row's byte; rows are `maskStride` bytes apart. */
export function keepMaskedRows(current: usize, previous: usize, rowSize: usize, mask: usize, maskStride: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    if (!load<u8>(mask)) memory.copy(current, previous, rowSize);
    current += rowSize;
    previous += rowSize;
    mask += maskStride;
  }
}

/** Rows with mask 0 become zeros. */
export function clearMaskedRows(values: usize, rowSize: usize, mask: usize, maskStride: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    if (!load<u8>(mask)) memory.fill(values, 0, rowSize);
    values += rowSize;
    mask += maskStride;
  }
}

/** Whether any of `steps` steps counts for any of the rows. `mask` points at the first row's first byte; no mask: they all do. */
export function anyCounts(mask: usize, maskStride: usize, rows: i32, steps: i32): bool {
  if (!mask) return true;
  for (let r = 0; r < rows; r++) {
    for (let step = 0; step < steps; step++) {
      if (load<u8>(mask + step)) return true;
    }
    mask += maskStride;
  }
  return false;
}

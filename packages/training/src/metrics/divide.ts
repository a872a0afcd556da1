/** Division for figures: a part of nothing is 0, not NaN. */
export function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

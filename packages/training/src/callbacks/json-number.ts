/** Numbers in JSON, which has no word for those that are not finite. */

/** The number, or 'NaN', 'Infinity', '-Infinity'. */
export function numberToJson(value: number): number | string {
  return Number.isFinite(value) ? value : String(value);
}

/** The number that `numberToJson` wrote; null stays null. */
export function numberFromJson(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

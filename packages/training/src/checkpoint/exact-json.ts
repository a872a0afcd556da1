/** JSON that keeps every number: NaN, infinities and −0 have no form of their own there. */
import type { JsonValue } from '@ostinato/core';
import { parseJson } from '../saving/parse-json.js';

/** What stands for a number that JSON lacks: `{ "$number": "NaN" }`. */
const MARK = '$number';

const SPECIAL: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['-0', -0],
]);

/** The text of a value. Finite numbers come back to the bit, as JSON writes them in the shortest form that does. */
export function toExactJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item !== 'number' || (Number.isFinite(item) && !Object.is(item, -0))) return item;
    return { [MARK]: Object.is(item, -0) ? '-0' : String(item) };
  });
}

/** The value of a text. Throws what `parseJson` throws. */
export function fromExactJson(text: string, where: string): JsonValue {
  return revived(parseJson(text, where) as JsonValue);
}

function revived(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(revived);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [first] = entries;
  const special = entries.length === 1 && first![0] === MARK ? SPECIAL.get(first![1]) : undefined;
  if (special !== undefined) return special;
  return Object.fromEntries(entries.map(([key, item]) => [key, revived(item as JsonValue)]));
}

/** Checks of option values that many layers share. Each throws an `OstinatoError` with a permanent code, or returns. */
import { OstinatoError, show, unknownName } from './errors.js';

/** A size such as `units`: an integer ≥ 1. Throws `config-<name>`. */
export function checkSize(where: string, name: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 1) return;
  throw new OstinatoError(`config-${kebab(name)}`, {
    where,
    what: `\`${name}\` is not a size`,
    expected: 'a positive integer',
    received: show(value),
  });
}

/** A probability of dropping: 0 ≤ p < 1. Throws `config-<name>`. */
export function checkProbability(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value === 'number' && value >= 0 && value < 1) return;
  throw new OstinatoError(`config-${kebab(name)}`, {
    where,
    what: `\`${name}\` is not a probability`,
    expected: 'a number in [0, 1)',
    received: show(value),
  });
}

export function checkBoolean(where: string, name: string, value: unknown): asserts value is boolean {
  if (typeof value === 'boolean') return;
  throw new OstinatoError(`config-${kebab(name)}`, {
    where,
    what: `\`${name}\` is not a switch`,
    expected: 'true or false',
    received: show(value),
  });
}

/** Options as a whole, which a caller without types may have forgotten. Throws `config-type`. */
export function checkOptions(where: string, options: unknown): asserts options is object {
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new OstinatoError('config-type', {
    where,
    what: 'The options are missing or of another type',
    expected: 'an object with options',
    received: show(options),
  });
}

/**
 * Options that a caller without types may have misspelt.
 *
 * Throws   `config-type` for what is no object; `config-unknown` with the nearest known field
 */
export function checkFields(where: string, options: unknown, known: readonly string[]): void {
  checkOptions(where, options);
  for (const field of Object.keys(options)) {
    if (!known.includes(field))
      throw unknownName('config-unknown', { where, kind: 'option', name: field, known });
  }
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

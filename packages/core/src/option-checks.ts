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

/** A number of things, maybe none: an integer ≥ 0. Throws `config-<name>`. */
export function checkCount(where: string, name: string, value: unknown): asserts value is number {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw outOfRange(where, name, value, 'an integer of at least 0');
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

/** A finite number. Throws `config-<name>`. */
export function checkNumber(where: string, name: string, value: unknown): asserts value is number {
  if (!Number.isFinite(value)) throw outOfRange(where, name, value, 'a finite number');
}

/** A finite number ≥ 0. Throws `config-<name>`. */
export function checkNotNegative(where: string, name: string, value: unknown): asserts value is number {
  if (!Number.isFinite(value) || (value as number) < 0)
    throw outOfRange(where, name, value, 'a finite number of at least 0');
}

/** A finite number > 0. Throws `config-<name>`. */
export function checkPositive(where: string, name: string, value: unknown): asserts value is number {
  if (!Number.isFinite(value) || (value as number) <= 0)
    throw outOfRange(where, name, value, 'a finite number above 0');
}

/** A part of a whole: 0 ≤ p ≤ 1. Throws `config-<name>`. */
export function checkFraction(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number' || !(value >= 0 && value <= 1))
    throw outOfRange(where, name, value, 'a number in [0, 1]');
}

/** `maxValue`: a finite number ≥ the `minValue` beside it. Throws `config-<name>`. */
export function checkUpperBound(where: string, name: string, value: unknown, all: object): void {
  const { minValue } = all as { readonly minValue: number };
  if (!Number.isFinite(value) || (value as number) < minValue)
    throw outOfRange(where, name, value, `a finite number of at least \`minValue\`, ${minValue}`);
}

/** One or several axes; negative ones count from the end. Throws `config-<name>`. */
export function checkAxes(where: string, name: string, value: unknown): void {
  const axes: readonly unknown[] = Array.isArray(value) ? value : [value];
  const whole = axes.every((axis) => Number.isSafeInteger(axis));
  if (!whole || axes.length === 0 || new Set(axes).size < axes.length)
    throw outOfRange(where, name, value, 'an integer or a list of different integers');
}

/** One of a few names. Throws `config-<name>` with all of them. */
export function checkOneOf(where: string, name: string, value: unknown, allowed: readonly string[]): void {
  if (allowed.includes(value as string)) return;
  throw outOfRange(where, name, value, `one of ${allowed.map(show).join(', ')}`);
}

function outOfRange(where: string, name: string, value: unknown, expected: string): OstinatoError {
  return new OstinatoError(`config-${kebab(name)}`, {
    where,
    what: `\`${name}\` has a value it cannot have`,
    expected,
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
  const { registeredName } = (options ?? {}) as { readonly registeredName?: unknown };
  if (typeof registeredName === 'string') throw instead(where, registeredName);
  if (typeof options === 'object' && options !== null && !Array.isArray(options)) return;
  throw new OstinatoError('config-type', {
    where,
    what: 'The options are missing or of another type',
    expected: 'an object with options',
    received: show(options),
  });
}

/** A layer or a cell in the place of options, as Keras' wrappers take it. */
function instead(where: string, name: string): OstinatoError {
  return new OstinatoError('config-type', {
    where,
    what: 'The options are missing: this is what one of them may name',
    expected: 'an object with options, such as { layer } or { cell }',
    received: `a ${name}`,
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
    if (known.length === 0) throw noOptions(where, field);
    if (!known.includes(field))
      throw unknownName('config-unknown', { where, kind: 'option', name: field, known });
  }
}

function noOptions(where: string, field: string): OstinatoError {
  return new OstinatoError('config-unknown', {
    where,
    what: `No option is called ${show(field)}`,
    expected: 'no options',
    received: show(field),
  });
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Settings of outputs: one for all, a list in their order, or a record by their names. */
import { OstinatoError, show, unknownName } from '@ostinato/core';

/** What belongs to outputs: one thing for all, or one for each. */
export type PerOutput<T> = T | readonly (T | null)[] | { readonly [output: string]: T | null | undefined };

/**
 * The setting of each output; undefined where there is none.
 *
 * `isOne` tells a setting from a record of settings; a record is what has names of outputs as its fields.
 *
 * Throws   `outputs-unknown` for a name that no output has; `outputs-count` for a list of another length;
 *          `compile-options` for anything else
 */
export function settingsOf<T>(
  value: unknown,
  outputs: readonly string[],
  { field, isOne, where }: { field: string; isOne: (value: unknown) => boolean; where: string },
): readonly (T | undefined)[] {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Record<string, T | null>;
  const named = Object.keys(fields).some((name) => outputs.includes(name)) && !Array.isArray(value);
  if (isOne(value) && !(named && !outputs.includes('name'))) return outputs.map(() => value as T);
  if (Array.isArray(value)) {
    if (value.length !== outputs.length) throw otherCount(value, outputs, field, where);
    return (value as readonly (T | null)[]).map((item) => item ?? undefined);
  }
  if (typeof value !== 'object' || value === null) throw noSetting(value, outputs, field, where);
  for (const name of Object.keys(fields)) {
    if (!outputs.includes(name)) {
      throw unknownName('outputs-unknown', {
        where: `${where}, ${field}`,
        kind: 'output',
        name,
        known: outputs,
      });
    }
  }
  return outputs.map((name) => (Object.hasOwn(fields, name) ? (fields[name] ?? undefined) : undefined));
}

function otherCount(
  value: readonly unknown[],
  outputs: readonly string[],
  field: string,
  where: string,
): OstinatoError {
  return new OstinatoError('outputs-count', {
    where,
    what: `\`${field}\` is a list that is not one of the model's outputs`,
    expected: `${outputs.length}: for ${outputs.join(', ')}`,
    received: `${value.length}`,
    fix: 'Write a record by name; null stands for nothing',
  });
}

function noSetting(value: unknown, outputs: readonly string[], field: string, where: string): OstinatoError {
  return new OstinatoError('compile-options', {
    where,
    what: `\`${field}\` does not say what belongs to the outputs`,
    expected: `one for all, a list, or a record with ${outputs.join(', ')}`,
    received: show(value),
  });
}

/** Data of several inputs or outputs: a list in their order, or a record by name. */
import { OstinatoError, unknownName } from '@ostinato/core';
import { type ArrayInput, type HostArray, isTensor, toHostArray } from './host-array.js';

/** Data of a model: of one input or output as it is, of several as a list or a record by name. */
export type ModelData = ArrayInput | readonly ArrayInput[] | { readonly [name: string]: ArrayInput };

/** Which inputs or outputs there are, and which of them need data. */
export interface DataPlaces {
  readonly names: readonly string[];
  /** Left out: all. */
  readonly needed?: readonly boolean[] | undefined;
}

/**
 * An array for each place; null where none is needed and none was given.
 *
 * Throws   `input-count`, `input-missing`, `input-unknown`, and what `toHostArray` throws
 */
export async function toHostArrays(
  given: ModelData,
  { names, needed = names.map(() => true) }: DataPlaces,
  field: string,
  where: string,
): Promise<(HostArray | null)[]> {
  const values = valuesOf(given, names, needed, field, where);
  const arrays: (HostArray | null)[] = [];
  for (const [i, value] of values.entries()) {
    const name = names.length === 1 ? field : `${field}.${names[i]}`;
    if (value === undefined && !needed[i]) arrays.push(null);
    else arrays.push(await toHostArray(value as ArrayInput, name, where));
  }
  return arrays;
}

function valuesOf(
  given: ModelData,
  names: readonly string[],
  needed: readonly boolean[],
  field: string,
  where: string,
): readonly unknown[] {
  const record = recordOf(given);
  if (record && (names.length > 1 || names.some((name) => Object.hasOwn(record, name)))) {
    return fromRecord(record, names, needed, field, where);
  }
  if (names.length === 1) return [given];
  const wanted = names.filter((_, i) => needed[i]);
  if (Array.isArray(given) && given.length === names.length) return given;
  if (Array.isArray(given) && given.length === wanted.length) {
    const left = [...given];
    return names.map((_, i) => (needed[i] ? left.shift() : undefined));
  }
  if (wanted.length === 1) return names.map((_, i) => (needed[i] ? given : undefined));
  throw new OstinatoError('input-count', {
    where,
    what: `\`${field}\` does not hold the arrays of the model`,
    expected: `a record with ${names.join(', ')}, or a list of ${names.length} arrays in this order`,
    received: Array.isArray(given) ? `a list of ${given.length}` : 'one array',
  });
}

function fromRecord(
  record: Readonly<Record<string, unknown>>,
  names: readonly string[],
  needed: readonly boolean[],
  field: string,
  where: string,
): readonly unknown[] {
  for (const name of Object.keys(record)) {
    if (!names.includes(name)) {
      throw unknownName('input-unknown', {
        where: `${where}, ${field}`,
        kind: 'array of the model',
        name,
        known: names,
      });
    }
  }
  return names.map((name, i) => {
    if (Object.hasOwn(record, name)) return record[name];
    if (!needed[i]) return undefined;
    throw new OstinatoError('input-missing', {
      where,
      what: `\`${field}\` has no '${name}'`,
      expected: `a record with ${names.join(', ')}`,
      received: `one with ${Object.keys(record).join(', ')}`,
    });
  });
}

/** A record, which a tensor, an array and `{ data, shape }` are not. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (ArrayBuffer.isView(value) || isTensor(value) || ('data' in value && 'shape' in value)) return undefined;
  return value as Readonly<Record<string, unknown>>;
}

/** Names for the inputs of a model that learns them from its data: a list of arrays that are no numbers, or a record. */
export function namesIn(given: ModelData): readonly string[] {
  const record = recordOf(given);
  if (record) return Object.keys(record);
  const isArray = (item: unknown): boolean =>
    typeof item === 'object' && item !== null && !Array.isArray(item) && recordOf(item) === undefined;
  if (!Array.isArray(given) || !given.every(isArray)) return ['input'];
  return given.map((_, i) => (i === 0 ? 'input' : `input_${i}`));
}

/** Nested JavaScript arrays as one typed array with a shape. */
import { OstinatoError, show, showShape } from '@ostinato/core';
import type { HostArray } from './host-array.js';

/** Arrays of arrays … of numbers or truth values, all of one length at each depth. */
export type NestedNumbers = readonly (number | boolean | ArrayLike<number> | NestedNumbers)[];

/**
 * Row-major f32 values of nested arrays.
 *
 * Throws   `input-ragged` when rows differ in length or depth; `input-dtype` for what is not a number; each says where
 */
export function flattenNested(nested: NestedNumbers, name: string, where: string): HostArray {
  const shape = shapeOfFirst(nested);
  const data = new Float32Array(shape.reduce((product, size) => product * size, 1));
  let next = 0;
  const copy = (value: unknown, depth: number, place: string): void => {
    if (depth === shape.length) {
      data[next++] = toNumber(value, place, where);
      return;
    }
    if (!isArray(value) || value.length !== shape[depth]) {
      throw ragged(value, shape.slice(depth), place, where);
    }
    for (let i = 0; i < value.length; i++) copy(value[i], depth + 1, `${place}[${i}]`);
  };
  copy(nested, 0, name);
  return { data, shape };
}

function shapeOfFirst(nested: unknown): number[] {
  const shape: number[] = [];
  for (let value = nested; isArray(value); value = value[0]) shape.push(value.length);
  return shape;
}

function isArray(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function toNumber(value: unknown, place: string, where: string): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isArray(value)) throw ragged(value, [], place, where);
  throw new OstinatoError('input-dtype', {
    where,
    what: `${place} is not a number`,
    expected: 'a number',
    received: show(value),
  });
}

function ragged(value: unknown, expected: readonly number[], place: string, where: string): OstinatoError {
  return new OstinatoError('input-ragged', {
    where,
    what: `${place} is not as long or as deep as its first neighbour`,
    expected: expected.length === 0 ? 'a number' : `an array of shape ${showShape(expected)}`,
    received: isArray(value) ? `an array of ${value.length}` : show(value),
    fix: 'Pad the rows to one length first, e.g. with padSequences()',
  });
}

/**
 * What can lie on the stack of the pickle reader, and nothing more: the few values of which NumPy's object arrays of
 * lists of whole numbers are made.
 */
import { OstinatoError } from '@ostinato/core';

/** A list. Its numbers lie in the reader's one array of ids; only lists of lists are kept as objects. */
export interface PickleList {
  readonly kind: 'list';
  /** The numbers of this list are `ids[start … end)`; both 0 while it has none. */
  start: number;
  end: number;
  /** Its elements, when they are lists. */
  lists: PickleList[] | undefined;
}

export interface PickleTuple {
  readonly kind: 'tuple';
  readonly items: readonly PickleValue[];
}

/** A name of Python's that is known here; it is never looked up anywhere. */
export interface PickleGlobal {
  readonly kind: 'global';
  readonly name: KnownGlobal;
}

export type KnownGlobal = 'reconstruct' | 'ndarray' | 'dtype' | 'encode';

export interface PickleDtype {
  readonly kind: 'dtype';
  readonly code: string;
}

export interface PickleArray {
  readonly kind: 'array';
  shape: readonly number[] | undefined;
  content: PickleList | undefined;
}

export type PickleValue =
  | number
  | string
  | boolean
  | null
  | PickleList
  | PickleTuple
  | PickleGlobal
  | PickleDtype
  | PickleArray;

/** A value as an error shows it. */
export function showPickled(value: PickleValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'None';
  if (typeof value === 'string') return `'${value.slice(0, 60)}'`;
  if (typeof value !== 'object') return String(value);
  if (value.kind === 'global') return `the global ${value.name}`;
  return `${value.kind === 'array' ? 'an' : 'a'} ${value.kind}`;
}

/** The error for a stream that no pickler writes. */
export function badPickle(
  where: string,
  offset: number,
  what: string,
  expected?: string,
  received?: string,
): OstinatoError {
  return new OstinatoError('pickle-invalid', {
    where,
    what: `The pickle is damaged or not of the expected form: ${what} (byte ${offset})`,
    ...(expected === undefined ? {} : { expected }),
    ...(received === undefined ? {} : { received }),
  });
}

/**
 * The only Python names a pickle may mention here, and what calling them means.
 *
 * Nothing is imported or executed: a name is compared with this list, and a call builds one of the values of
 * pickle-values.ts. Python's own unpickler runs whatever a file names; that is why there is this one.
 */
import { OstinatoError } from '@ostinato/core';
import {
  badPickle,
  type KnownGlobal,
  type PickleArray,
  type PickleDtype,
  type PickleList,
  type PickleValue,
  showPickled,
} from './pickle-values.js';

const GLOBALS: ReadonlyMap<string, KnownGlobal> = /* @__PURE__ */ new Map([
  ['numpy.core.multiarray._reconstruct', 'reconstruct'],
  ['numpy._core.multiarray._reconstruct', 'reconstruct'],
  ['numpy.ndarray', 'ndarray'],
  ['numpy.dtype', 'dtype'],
  ['_codecs.encode', 'encode'],
]);

/** Finds a name in the list. Throws `pickle-global` for every other. */
export function knownGlobal(where: string, offset: number, module: string, name: string): KnownGlobal {
  const full = `${module}.${name}`;
  const known = GLOBALS.get(full);
  if (known !== undefined) return known;
  throw new OstinatoError('pickle-global', {
    where,
    what: `The pickle names a Python object that is not allowed (byte ${offset})`,
    expected: `only ${[...GLOBALS.keys()].join(', ')}`,
    received: full.slice(0, 200),
    fix: 'Do not trust this file: data has no need of it',
  });
}

/** `callee(*args)`, for the four calls that array pickles make. */
export function callGlobal(
  where: string,
  offset: number,
  callee: PickleValue,
  args: PickleValue,
): PickleValue {
  const items = typeof args === 'object' && args?.kind === 'tuple' ? args.items : undefined;
  const name = typeof callee === 'object' && callee?.kind === 'global' ? callee.name : undefined;
  const [first, second] = items ?? [];
  if (name === 'reconstruct' && items?.length === 3 && isGlobal(first, 'ndarray')) {
    return { kind: 'array', shape: undefined, content: undefined };
  }
  if (name === 'dtype' && typeof first === 'string') return { kind: 'dtype', code: first };
  // How Python 3 writes bytes for Python 2: the text and its code page.
  if (name === 'encode' && typeof first === 'string' && second === 'latin1') return first;
  const call = `${showPickled(callee)} called with ${items?.map(showPickled).join(', ') ?? showPickled(args)}`;
  throw badPickle(where, offset, 'an unexpected call', 'the calls that rebuild an array', call);
}

/** `target.__setstate__(state)`: an array gets its shape and content; of a dtype's state nothing is needed. */
export function buildObject(
  where: string,
  offset: number,
  target: PickleValue | undefined,
  state: PickleValue,
): void {
  const items = typeof state === 'object' && state?.kind === 'tuple' ? state.items : undefined;
  const kind = typeof target === 'object' ? target?.kind : undefined;
  if (kind === 'array' && items?.length === 5) buildArray(where, offset, target as PickleArray, items);
  else if (kind !== 'dtype' || items === undefined) {
    const received = `${showPickled(state)} for ${showPickled(target)}`;
    throw badPickle(where, offset, 'an unexpected state', 'the state of an array or a dtype', received);
  }
}

function buildArray(where: string, offset: number, target: PickleArray, items: readonly PickleValue[]): void {
  const [, shape, dtype, , content] = items;
  if (!isDtype(dtype) || !/^\|?O\d?$/.test(dtype.code)) {
    const received = isDtype(dtype) ? `dtype '${dtype.code.slice(0, 20)}'` : showPickled(dtype);
    throw badPickle(where, offset, 'the pickled array is not one of objects', "dtype 'O8'", received);
  }
  if (typeof shape !== 'object' || shape?.kind !== 'tuple' || !shape.items.every(isSize)) {
    throw badPickle(where, offset, 'the pickled array has no shape', 'a tuple of sizes', showPickled(shape));
  }
  if (!isList(content))
    throw badPickle(where, offset, 'the pickled array has no content', 'a list', showPickled(content));
  target.shape = shape.items as readonly number[];
  target.content = content;
}

function isGlobal(value: PickleValue | undefined, name: KnownGlobal): boolean {
  return typeof value === 'object' && value?.kind === 'global' && value.name === name;
}

function isDtype(value: PickleValue | undefined): value is PickleDtype {
  return typeof value === 'object' && value?.kind === 'dtype';
}

function isList(value: PickleValue | undefined): value is PickleList {
  return typeof value === 'object' && value?.kind === 'list';
}

function isSize(value: PickleValue): value is number {
  return typeof value === 'number' && value >= 0;
}

/** Whether what a callback wants to keep comes back from a checkpoint: one that does not would make all of it useless. */
import { OstinatoError, show } from '@ostinato/core';
import type { CallbackState } from '../callbacks.js';

/** Deeper values are no state: reading and writing them would overflow the stack. */
const DEPTH = 200;

/** Throws `callback-state`. */
export function checkCallbackState(state: unknown, key: string): asserts state is CallbackState {
  if (typeof state !== 'object' || state === null) {
    throw refused(key, 'getState() returned no state', show(state));
  }
  const { json, tensors = [] } = state as Partial<Record<'json' | 'tensors', unknown>>;
  const place = unfit(json, 'json', 0);
  if (place !== undefined) throw refused(key, `\`${place}\` of its state is no JSON`, show(json));
  if (!Array.isArray(tensors)) throw refused(key, '`tensors` of its state is no list', show(tensors));
  const wrong = tensors.findIndex((tensor) => !isNamedArray(tensor));
  if (wrong >= 0) throw refused(key, `\`tensors[${wrong}]\` of its state is no tensor`, show(tensors[wrong]));
  const names = tensors.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refused(key, 'Two tensors of its state have one name', show(twice));
}

/** The path of the first value that JSON cannot hold; numbers that are not finite have a form of their own. */
function unfit(value: unknown, path: string, depth: number): string | undefined {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value)) return undefined;
  if (typeof value !== 'object' || depth === DEPTH) return path;
  if (Array.isArray(value)) return first(value.entries(), (i) => `${path}[${i}]`, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if ((prototype !== null && prototype !== Object.prototype) || Object.hasOwn(value, '__proto__'))
    return path;
  const present = Object.entries(value).filter(([, item]) => item !== undefined); // JSON leaves them out
  return first(present, (name) => `${path}.${name}`, depth);
}

function first<Key>(
  entries: Iterable<readonly [Key, unknown]>,
  below: (key: Key) => string,
  depth: number,
): string | undefined {
  for (const [key, item] of entries) {
    const found = unfit(item, below(key), depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isNamedArray(value: unknown): boolean {
  const { name, shape, data } = (value ?? {}) as Partial<Record<'name' | 'shape' | 'data', unknown>>;
  return (
    typeof name === 'string' &&
    data instanceof Float32Array &&
    Array.isArray(shape) &&
    shape.every((size) => Number.isSafeInteger(size) && size >= 0) &&
    shape.reduce((product: number, size: number) => product * size, 1) === data.length
  );
}

function refused(key: string, what: string, received: string): OstinatoError {
  return new OstinatoError('callback-state', {
    where: `callback ${key}`,
    what,
    expected:
      '{ json, tensors? } of plain JSON and of { name, shape, data } with a Float32Array of as many numbers',
    received,
    fix: 'Correct getState(): a checkpoint with this could not be read',
  });
}

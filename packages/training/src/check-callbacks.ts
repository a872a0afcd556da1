/** Checks the callbacks of `fit`: a misspelt hook would never be called. */
import { nearest, OstinatoError, show, unknownName } from '@ostinato/core';
import type { Callback } from './callbacks.js';

const HOOKS: readonly (keyof Callback)[] = [
  'onTrainBegin',
  'onTrainEnd',
  'onEpochBegin',
  'onEpochEnd',
  'onBatchBegin',
  'onBatchEnd',
  'onBatchError',
  'onTestBegin',
  'onTestEnd',
  'getState',
  'setState',
];

/** Objects whose hooks are functions with known names; other fields are their own. Throws `config-callbacks`. */
export function checkCallbacks(value: unknown, where: string): asserts value is readonly Callback[] {
  if (!Array.isArray(value) || ![...value].every((item) => typeof item === 'object' && item !== null)) {
    throw new OstinatoError('config-callbacks', {
      where,
      what: '`callbacks` is not a list of callbacks',
      expected: 'an array of objects with hooks such as onEpochEnd',
      received: show(value),
    });
  }
  for (const callback of value) {
    checkHooks(callback, where);
    checkKeeping(callback, where);
  }
}

/** What a checkpoint keeps of it has a name that is one, and is taken back. */
function checkKeeping({ name, getState, setState }: Record<string, unknown>, where: string): void {
  if (name !== undefined && (typeof name !== 'string' || name === '')) {
    throw new OstinatoError('config-callbacks', {
      where,
      what: 'The `name` of a callback is not a name',
      expected: 'a string',
      received: show(name),
    });
  }
  if ((getState === undefined) === (setState === undefined)) return;
  throw new OstinatoError('config-callbacks', {
    where,
    what: 'A callback has one half of a state',
    expected: 'getState() and setState(), or neither',
    received: getState === undefined ? 'setState() alone' : 'getState() alone',
  });
}

function checkHooks(callback: Record<string, unknown>, where: string): void {
  if (callback.name !== undefined && typeof callback.name !== 'string') {
    throw new OstinatoError('config-callbacks', {
      where,
      what: 'The name of a callback is no text: checkpoints keep its state under it',
      received: show(callback.name),
    });
  }
  for (const name of namesOf(callback)) {
    if (!HOOKS.includes(name as keyof Callback)) {
      if (looksLikeHook(name)) {
        throw unknownName('config-callbacks', { where, kind: 'hook', name, known: HOOKS });
      }
    } else if (callback[name] !== undefined && typeof callback[name] !== 'function') {
      throw new OstinatoError('config-callbacks', {
        where,
        what: `The hook \`${name}\` is not a function`,
        received: show(callback[name]),
      });
    }
  }
}

/** `onEpochend` and `onepochend` do; `once` does not. */
function looksLikeHook(name: string): boolean {
  return /^on[A-Z_]/.test(name) || (name.startsWith('on') && nearest(name, HOOKS) !== undefined);
}

/** Its fields and those of its classes: methods stand on prototypes. */
function namesOf(callback: object): Set<string> {
  const names = new Set<string>();
  for (let at = callback; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Object.getOwnPropertyNames(at)) names.add(name);
  }
  return names;
}

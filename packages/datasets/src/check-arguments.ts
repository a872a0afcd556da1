/**
 * Checks of arguments that a caller without types may get wrong. Each throws an `OstinatoError`, or returns.
 */
import { OstinatoError, show } from '@ostinato/core';
import type { WordIndex } from './word-index.js';

/** The content of a file, from this realm or another. Throws `config-bytes`. */
export function checkBytes(where: string, value: unknown): asserts value is Uint8Array {
  if (Object.prototype.toString.call(value) === '[object Uint8Array]') return;
  throw new OstinatoError('config-bytes', {
    where,
    what: '`bytes` is not the content of a file',
    expected: 'a Uint8Array',
    received: show(value),
  });
}

/** Throws `config-text`. */
export function checkText(where: string, value: unknown): asserts value is string {
  if (typeof value === 'string') return;
  throw new OstinatoError('config-text', {
    where,
    what: '`text` is no text',
    expected: 'a string',
    received: show(value),
  });
}

/** The ids of one review. Throws `config-ids`. */
export function checkIds(where: string, value: unknown): asserts value is ArrayLike<number> {
  const length = typeof value === 'object' ? (value as { length?: unknown } | null)?.length : undefined;
  if (Number.isSafeInteger(length)) return;
  throw new OstinatoError('config-ids', {
    where,
    what: '`ids` is no list of word ids',
    expected: 'an array or typed array of numbers',
    received: show(value),
  });
}

/** Throws `config-index`. */
export function checkWordIndex(where: string, value: unknown): asserts value is WordIndex {
  const { ranks, words } = (value ?? {}) as Partial<WordIndex>;
  if (typeof ranks?.get === 'function' && Array.isArray(words)) return;
  throw new OstinatoError('config-index', {
    where,
    what: '`index` is no word index',
    expected: '{ ranks, words }',
    received: show(value),
    fix: 'Pass what `await getWordIndex(...)` returns',
  });
}

/** Throws `config-<name>`. */
export function checkFunction(where: string, name: string, value: unknown): void {
  if (typeof value === 'function') return;
  throw new OstinatoError(`config-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, {
    where,
    what: `\`${name}\` is no function`,
    expected: 'a function',
    received: show(value),
  });
}

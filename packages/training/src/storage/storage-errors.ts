/** What storages say when they cannot do what they are asked for. */
import { OstinatoError, show } from '@ostinato/core';
import type { Storage } from './storage.js';

/** Names of devices on Windows, with any ending: what is written there is gone. */
const DEVICE = /^(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\.|$)/i;

/** A half of a pair: systems write another letter in its place, and two keys become one. */
const LONE_SURROGATE = /\p{Surrogate}/u;

/** A segment of a key: a file name on every system, and not a hidden one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
const SEGMENT = /^[^.\s\\/:*?"<>|\u0000-\u001f\u007f][^\\/:*?"<>|\u0000-\u001f\u007f]*$/;

/** Throws `storage-key`. */
export function checkKey(key: unknown, storage: string): asserts key is string {
  const named = typeof key === 'string' && key.length <= 400 && !LONE_SURROGATE.test(key);
  if (named && key.split('/').every(isFileName)) return;
  throw new OstinatoError('storage-key', {
    where: storage,
    what: 'This is not a key to keep something under',
    expected:
      "a file name, or several with '/' between them, none of which begins with a dot or is a device's",
    received: show(key),
  });
}

function isFileName(part: string): boolean {
  return SEGMENT.test(part) && !/[.\s]$/.test(part) && !DEVICE.test(part);
}

/** Throws `config-storage`. */
export function checkStorage(storage: unknown, where: string): Storage {
  const methods = ['write', 'append', 'read', 'list', 'remove'] as const;
  const given = (storage ?? {}) as Partial<Record<string, unknown>>;
  if (methods.every((method) => typeof given[method] === 'function')) return storage as Storage;
  throw new OstinatoError('config-storage', {
    where,
    what: '`storage` is not a storage',
    expected: `an object with ${methods.join(', ')}, such as memoryStorage()`,
    received: show(storage),
  });
}

/** Throws `storage-bytes`. */
export function checkBytes(bytes: unknown, key: string, storage: string): asserts bytes is Uint8Array {
  if (bytes instanceof Uint8Array) return;
  throw new OstinatoError('storage-bytes', {
    where: storage,
    what: `What is to be kept under ${show(key)} are no bytes`,
    expected: 'a Uint8Array',
    received: show(bytes),
  });
}

/** What was tried, for the sentence. */
export interface Attempt {
  readonly storage: string;
  /** `write 'a'` */
  readonly doing: string;
}

interface Kind {
  readonly code: string;
  readonly reason: string;
  readonly fix: string;
}

const full: Omit<Kind, 'reason'> = {
  code: 'storage-full',
  fix: 'Make room there, or choose another place. What was there before is as it was',
};
const denied: Omit<Kind, 'reason'> = {
  code: 'storage-denied',
  fix: 'Choose a place that this program may write to',
};
const missing: Omit<Kind, 'reason'> = {
  code: 'storage-missing',
  fix: 'Make the folder first, or choose one that is there',
};

/** By the codes of Node and the names of the browser's exceptions. */
const kinds: ReadonlyMap<string | undefined, Kind> = new Map([
  ['ENOSPC', { ...full, reason: 'the disk is full' }],
  ['EDQUOT', { ...full, reason: "the user's quota of the disk is used up" }],
  ['QuotaExceededError', { ...full, reason: 'the browser grants no more room' }],
  ['EROFS', { ...denied, reason: 'the file system is read-only' }],
  ['EACCES', { ...denied, reason: 'this user may not write there' }],
  ['EPERM', { ...denied, reason: 'the system does not permit it' }],
  ['ENOENT', { ...missing, reason: 'the folder is not there' }],
  [
    'ENAMETOOLONG',
    {
      code: 'storage-key',
      reason: 'a part of the key is longer than a file name may be there',
      fix: 'Choose a shorter key',
    },
  ],
  ['ENOTDIR', { ...missing, reason: 'a part of the path is a file and not a folder' }],
]);

/** The error for what Node or the browser threw. An `OstinatoError` passes as it is. */
export function storageError({ storage, doing }: Attempt, cause: unknown): OstinatoError {
  if (cause instanceof OstinatoError) return cause;
  const { code, name, message } = (cause ?? {}) as Partial<Record<'code' | 'name' | 'message', unknown>>;
  const kind = kinds.get(String(code)) ?? kinds.get(String(name));
  const { reason, fix } = kind ?? { reason: `${message ?? cause}`, fix: 'Choose another place' };
  return new OstinatoError(kind?.code ?? 'storage-failed', {
    where: storage,
    what: `It was not possible to ${doing}: ${reason}`,
    fix,
    cause,
  });
}

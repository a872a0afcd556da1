/** What storages say when they cannot do what they are asked for. */
import { OstinatoError, show } from '@ostinato/core';

/** A segment of a key: a file name on every system, and not a hidden one. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
const SEGMENT = /^[^.\s\\/:*?"<>|\u0000-\u001f\u007f][^\\/:*?"<>|\u0000-\u001f\u007f]*$/;

/** Throws `storage-key`. */
export function checkKey(key: unknown, storage: string): asserts key is string {
  const named = typeof key === 'string' && key.length <= 400;
  if (named && key.split('/').every((part) => SEGMENT.test(part) && !/[.\s]$/.test(part))) return;
  throw new OstinatoError('storage-key', {
    where: storage,
    what: 'This is not a key to keep something under',
    expected: "a file name, or several with '/' between them, none of which begins with a dot",
    received: show(key),
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

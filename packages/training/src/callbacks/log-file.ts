/** What loggers write: a file that only grows, and that is cut back when a training goes on from a checkpoint. */
import { OstinatoError, show } from '@ostinato/core';
import { fileStorage } from '../storage/file-storage.js';
import type { Storage } from '../storage/storage.js';
import { checkStorage } from '../storage/storage-errors.js';

/** A key in a storage. */
export interface Place {
  readonly storage: Storage;
  readonly key: string;
}

/** How long lines wait at most to be written together, in milliseconds. */
const PATIENCE = 1000;

/**
 * The place of a file: a key of `storage`, or without one the path of a file.
 *
 * Throws   `config-<option>` for an empty path; `config-storage`; `no-files` where there is no file system
 */
export function placeOf(path: unknown, storage: unknown, where: string, option: string): Place {
  if (typeof path !== 'string' || path === '' || path.endsWith('/')) {
    throw new OstinatoError(`config-${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, {
      where,
      what: `\`${option}\` is not the name of a file`,
      expected: 'a path, or with `storage` a key',
      received: show(path),
    });
  }
  if (storage !== undefined) return { storage: checkStorage(storage, where), key: path };
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  const folder = cut < 0 ? '.' : path.slice(0, cut) || '/';
  return { storage: fileStorage(folder), key: path.slice(cut + 1) };
}

/**
 * The storage and the beginning of the keys of a folder of files: its path, or with `storage` a key.
 *
 * Throws   as `placeOf`
 */
export function folderOf(
  path: unknown,
  storage: unknown,
  where: string,
  option: string,
): { readonly storage: Storage; readonly prefix: string } {
  const trimmed = typeof path === 'string' ? path.replace(/(?<=.)\/+$/, '') : path;
  const { storage: place, key } = placeOf(trimmed, storage, where, option);
  return { storage: place, prefix: `${key}/` };
}

/** A log, opened with the first use after `close`. */
export class LogFile {
  readonly #where: string;
  readonly #place: Place;
  readonly #keep: boolean;
  #waiting: Uint8Array[] = [];
  #since = 0;
  #length = 0;
  #opened = false;

  /** `keep`: what is in the file stays when it is opened. */
  constructor(place: Place, keep: boolean, where: string) {
    this.#place = place;
    this.#keep = keep;
    this.#where = where;
  }

  /** Bytes in it, those that wait included. */
  get length(): number {
    return this.#length;
  }

  /** The next use opens it anew. */
  close(): void {
    this.#opened = false;
    this.#waiting = [];
  }

  /** Empties it, or finds its end. */
  async open(): Promise<void> {
    if (this.#opened) return;
    const { storage, key } = this.#place;
    this.#length = this.#keep ? ((await storage.read(key))?.length ?? 0) : 0;
    if (!this.#keep) await storage.write(key, new Uint8Array(0));
    this.#opened = true;
  }

  /** Adds bytes, which are on their way within a second, or with `flush`. */
  async add(bytes: Uint8Array): Promise<void> {
    await this.open();
    if (this.#waiting.length === 0) this.#since = performance.now();
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    if (performance.now() - this.#since > PATIENCE) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#waiting.length === 0) return;
    const bytes = joinBytes(this.#waiting);
    this.#waiting = [];
    await this.#place.storage.append(this.#place.key, bytes);
  }

  /** The text up to its first line's end. */
  async firstLine(): Promise<string> {
    const bytes = (await this.#place.storage.read(this.#place.key)) ?? new Uint8Array(0);
    const end = bytes.indexOf(0x0a);
    return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end)).replace(/\r$/, '');
  }

  /**
   * Goes on where the file had `length` bytes: what was written after the checkpoint will be written again.
   *
   * Throws   `log-shorter` when it has fewer
   */
  async goOnAt(length: number): Promise<void> {
    const { storage, key } = this.#place;
    const bytes = (await storage.read(key)) ?? new Uint8Array(0);
    if (bytes.length < length) throw this.#shorter(length, bytes.length);
    if (bytes.length > length || length === 0) await storage.write(key, bytes.subarray(0, length));
    this.#waiting = [];
    this.#length = length;
    this.#opened = true;
  }

  #shorter(expected: number, received: number): OstinatoError {
    return new OstinatoError('log-shorter', {
      where: this.#where,
      what: `${show(this.#place.key)} in ${this.#place.storage.name} is shorter than when the checkpoint was written`,
      expected: `${expected} bytes or more`,
      received: `${received}`,
      fix: 'Put the file back, or go on without this callback',
    });
  }
}

/** One after the other. */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

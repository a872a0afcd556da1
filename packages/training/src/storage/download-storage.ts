/** The downloads of a browser: files that leave the page. */
import { OstinatoError, show } from '@ostinato/core';
import type { Storage } from './storage.js';
import { checkBytes, checkKey } from './storage-errors.js';

/** How long the browser may take to begin with a download before its bytes are let go, in milliseconds. */
const GRACE = 60_000;

class DownloadStorage implements Storage {
  readonly name = 'downloadStorage()';

  /** Folders cannot be chosen: the last part of the key is the name of the file. */
  async write(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    const url = URL.createObjectURL(new Blob([bytes.slice()], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = key.slice(key.lastIndexOf('/') + 1);
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), GRACE);
  }

  append(key: string): Promise<never> {
    return this.#refuse(`added to ${show(key)}`);
  }

  read(key: string): Promise<never> {
    return this.#refuse(`read ${show(key)}`);
  }

  list(): Promise<never> {
    return this.#refuse('listed what was downloaded');
  }

  remove(key: string): Promise<never> {
    return this.#refuse(`removed ${show(key)}`);
  }

  async #refuse(done: string): Promise<never> {
    throw new OstinatoError('storage-write-only', {
      where: this.name,
      what: `A page cannot have ${done}: downloads are the user's, a page sees them no more`,
      fix: 'Write to it alone, or use indexedDBStorage()',
    });
  }
}

/**
 * Hands each value to the user as a download. It can only be written to: for checkpoints to go on from there is
 * `indexedDBStorage`.
 *
 * Throws   `storage-unavailable` where there is no page, as in workers; its other methods: `storage-write-only`
 *
 * @example
 * await downloadStorage().write('model.safetensors', await model.toBytes());
 */
export function downloadStorage(): Storage {
  if (typeof globalThis.document === 'object') return new DownloadStorage();
  throw new OstinatoError('storage-unavailable', {
    where: 'downloadStorage',
    what: 'There is no page here that could offer a download',
    fix: 'Use it on a page and not in a worker; in Node there is fileStorage()',
  });
}

/** A database of the browser, which keeps what it is given when the page is closed. */
import { OstinatoError, show } from '@ostinato/core';
import { joined } from './memory-storage.js';
import type { Storage } from './storage.js';
import { checkBytes, checkKey, storageError } from './storage-errors.js';

const STORE = 'values';

class IndexedDBStorage implements Storage {
  readonly name: string;
  readonly #database: string;
  #opened: Promise<IDBDatabase> | undefined;

  constructor(database: string) {
    this.name = `indexedDBStorage(${show(database)})`;
    this.#database = database;
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    const copy = bytes.slice(); // the whole buffer of a view would be kept
    await this.#transact(`write ${show(key)}`, 'readwrite', (store) => store.put(copy, key));
  }

  async append(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    const copy = bytes.slice();
    await this.#transact(`add to ${show(key)}`, 'readwrite', (store) => {
      const present: IDBRequest<Uint8Array | undefined> = store.get(key);
      present.onsuccess = () => store.put(joined(present.result, copy), key);
      return present;
    });
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    checkKey(key, this.name);
    return this.#transact(`read ${show(key)}`, 'readonly', (store) => store.get(key));
  }

  async list(): Promise<readonly string[]> {
    const keys = await this.#transact('list what is there', 'readonly', (store) => store.getAllKeys());
    return keys as string[]; // checkKey let no other in
  }

  async remove(key: string): Promise<void> {
    checkKey(key, this.name);
    await this.#transact(`remove ${show(key)}`, 'readwrite', (store) => store.delete(key));
  }

  /** The request's result, once the transaction is on disk. */
  async #transact<T>(
    doing: string,
    mode: IDBTransactionMode,
    ask: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    try {
      const database = await this.#open();
      return await new Promise<T>((resolve, reject) => {
        const transaction = database.transaction(STORE, mode, { durability: 'strict' });
        const request = ask(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
      });
    } catch (error) {
      throw storageError({ storage: this.name, doing }, error);
    }
  }

  #open(): Promise<IDBDatabase> {
    this.#opened ??= openDatabase(this.#database).then((database) => {
      const forget = (): void => {
        this.#opened = undefined;
      };
      database.onclose = forget; // the browser may close it, when the user clears the site's data
      database.onversionchange = () => {
        database.close();
        forget();
      };
      return database;
    });
    this.#opened.catch(() => {
      this.#opened = undefined;
    });
    return this.#opened;
  }
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = globalThis.indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another page holds an older version of the database open'));
  });
}

/**
 * A database of this page's origin in the browser, also in workers.
 *
 * Throws   `storage-unavailable` where there is no IndexedDB; `config-database`; its methods: `storage-full` when the
 *          browser grants no more room, `storage-failed`, `storage-key`
 *
 * @example
 * const storage = indexedDBStorage('my-training');
 */
export function indexedDBStorage(database: string): Storage {
  const where = 'indexedDBStorage';
  if (typeof database !== 'string' || database === '') {
    throw new OstinatoError('config-database', {
      where,
      what: 'This is not the name of a database',
      expected: 'a string',
      received: show(database),
    });
  }
  if (typeof globalThis.indexedDB === 'object') return new IndexedDBStorage(database);
  throw new OstinatoError('storage-unavailable', {
    where,
    what: 'There is no IndexedDB here',
    fix: 'Use it in a browser; in Node there is fileStorage()',
  });
}

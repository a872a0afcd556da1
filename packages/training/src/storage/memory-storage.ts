/** Memory: for tests, and for what need not outlive the program. */
import type { Storage } from './storage.js';
import { checkBytes, checkKey } from './storage-errors.js';

class MemoryStorage implements Storage {
  readonly name = 'memoryStorage()';
  readonly #values = new Map<string, Uint8Array>();

  async write(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    this.#values.set(key, bytes.slice());
  }

  async append(key: string, bytes: Uint8Array): Promise<void> {
    checkKey(key, this.name);
    checkBytes(bytes, key, this.name);
    this.#values.set(key, joined(this.#values.get(key), bytes));
  }

  async read(key: string): Promise<Uint8Array | undefined> {
    checkKey(key, this.name);
    return this.#values.get(key)?.slice();
  }

  async list(): Promise<readonly string[]> {
    return [...this.#values.keys()].sort();
  }

  async remove(key: string): Promise<void> {
    checkKey(key, this.name);
    this.#values.delete(key);
  }
}

/** One behind the other, in new memory. */
export function joined(first: Uint8Array | undefined, second: Uint8Array): Uint8Array {
  const all = new Uint8Array((first?.length ?? 0) + second.length);
  if (first) all.set(first);
  all.set(second, first?.length ?? 0);
  return all;
}

/** A storage in memory; it keeps copies. */
export function memoryStorage(): Storage {
  return new MemoryStorage();
}

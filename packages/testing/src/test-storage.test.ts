import { OstinatoError } from '@ostinato/core';
import { expect, test } from 'vitest';
import { type TestedStorage, testStorage } from './test-storage.js';

/** A storage in a few lines, right but for what a test breaks. */
class Plain implements TestedStorage {
  readonly name = 'plain';
  readonly values = new Map<string, Uint8Array>();
  async write(key: string, bytes: Uint8Array): Promise<void> {
    this.check(key);
    this.values.set(key, bytes.slice());
  }
  async append(key: string, bytes: Uint8Array): Promise<void> {
    this.check(key);
    this.values.set(key, Uint8Array.of(...(this.values.get(key) ?? []), ...bytes));
  }
  async read(key: string): Promise<Uint8Array | undefined> {
    this.check(key);
    return this.values.get(key)?.slice();
  }
  async list(): Promise<readonly string[]> {
    return [...this.values.keys()].sort();
  }
  async remove(key: string): Promise<void> {
    this.check(key);
    this.values.delete(key);
  }
  check(key: string): void {
    if (!/^(?:^|\/)?[^./\\\0][^/\\\0]*(\/[^./\\\0][^/\\\0]*)*$/.test(key) || key !== key.trim())
      throw new OstinatoError('storage-key', { where: this.name, what: 'no key' });
    if (key.startsWith('/')) throw new OstinatoError('storage-key', { where: this.name, what: 'no key' });
  }
}

test('a right storage passes, and holds what it held before', async () => {
  const storage = new Plain();
  await storage.write('mine', Uint8Array.of(1));
  expect((await testStorage(storage)).checked.length).toBeGreaterThan(5);
  expect(await storage.list()).toEqual(['mine']);
});

test.each<[string, Partial<TestedStorage> | ((plain: Plain) => Partial<TestedStorage>)]>([
  ['absent', { read: async () => new Uint8Array() }],
  ['round-trip', { write: async () => undefined }],
  [
    'copies',
    (plain) => ({
      write: async (key, bytes) => {
        plain.check(key);
        plain.values.set(key, bytes);
      },
    }),
  ],
  ['append', (plain) => ({ append: (key, bytes) => plain.write(key, bytes) })],
  ['list', (plain) => ({ list: async () => [...plain.values.keys()] })],
  [
    'keys',
    (plain) => {
      plain.check = () => undefined;
      return {};
    },
  ],
])('%s is noticed', async (check, change) => {
  const plain = new Plain();
  Object.assign(plain, typeof change === 'function' ? change(plain) : change);
  await expect(testStorage(plain)).rejects.toMatchObject({ code: `conformance-${check}` });
});

test('a value that is torn by writes at once is noticed', async () => {
  const plain = new Plain();
  const { write } = plain;
  let writes = 0;
  plain.write = async (key, bytes) => {
    writes += 1;
    await write.call(plain, key, key === 'busy.bin' && writes > 3 ? bytes.subarray(1) : bytes);
  };
  await expect(testStorage(plain)).rejects.toMatchObject({ code: 'conformance-at-once' });
});

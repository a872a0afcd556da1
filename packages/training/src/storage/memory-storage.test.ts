import { testStorage } from '@ostinato/testing';
import { expect, test } from 'vitest';
import { downloadStorage } from './download-storage.js';
import { indexedDBStorage } from './indexed-db-storage.js';
import { memoryStorage } from './memory-storage.js';

test('memory is a storage', async () => {
  expect((await testStorage(memoryStorage())).checked).toContain('round trip');
});

test('storages of the browser say that there is none', () => {
  expect(() => indexedDBStorage('a')).toThrow(/no IndexedDB here.*\(storage-unavailable\)/);
  expect(() => indexedDBStorage('')).toThrow(/config-database/);
  expect(() => downloadStorage()).toThrow(/\(storage-unavailable\)/);
});

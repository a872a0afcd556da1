// What runs in the browser: the storages, and the suite that they have to pass.
import { testStorage } from '@ostinato/testing';
import { downloadStorage, indexedDBStorage } from '@ostinato/training';

Object.assign(globalThis, { testStorage, downloadStorage, indexedDBStorage });

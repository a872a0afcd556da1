/** The conformance suite of storages: what checkpoints and logs rely on. */
import { isOstinatoError } from '@ostinato/core';
import { type Finding, fail } from './conformance-error.js';

/** What is tested: `Storage` of `@ostinato/training`. */
export interface TestedStorage {
  readonly name: string;
  write(key: string, bytes: Uint8Array): Promise<void>;
  append(key: string, bytes: Uint8Array): Promise<void>;
  read(key: string): Promise<Uint8Array | undefined>;
  list(): Promise<readonly string[]>;
  remove(key: string): Promise<void>;
}

type Check = (storage: TestedStorage, failed: (finding: Finding) => never) => Promise<void>;

/** What no storage takes for a key. */
const BAD_KEYS = ['', '.', '..', '../up', 'a//b', '/root', 'a/../b', '.hidden', 'a\\b', 'nul\0', 'a/', 'b '];

const checks: Readonly<Record<string, Check>> = {
  absent: async (storage, failed) => {
    await storage.remove('absent');
    const found = await storage.read('absent');
    if (found !== undefined) failed({ what: 'There is something under a key that was never written' });
  },
  'round trip': async (storage, failed) => {
    for (const size of [0, 1, 7, 4096, 300_001]) {
      const bytes = pattern(size, size);
      await storage.write('value.bin', bytes);
      await expectBytes(storage, 'value.bin', bytes, failed);
    }
  },
  copies: async (storage, failed) => {
    const whole = pattern(40, 3);
    const view = whole.subarray(8, 24);
    await storage.write('copy.bin', view);
    const expected = pattern(40, 3).subarray(8, 24);
    whole.fill(0);
    await expectBytes(storage, 'copy.bin', expected, failed);
    (await storage.read('copy.bin'))?.fill(1);
    await expectBytes(storage, 'copy.bin', expected, failed);
  },
  append: async (storage, failed) => {
    await storage.append('log.bin', pattern(3, 1));
    await storage.append('log.bin', pattern(5, 2));
    await storage.append('log.bin', new Uint8Array());
    await expectBytes(storage, 'log.bin', Uint8Array.of(...pattern(3, 1), ...pattern(5, 2)), failed);
    await storage.write('log.bin', pattern(2, 9));
    await expectBytes(storage, 'log.bin', pattern(2, 9), failed);
  },
  list: async (storage, failed) => {
    for (const key of ['b.txt', 'a.txt', 'part/c.txt', 'part/deep/d.txt', 'name with spaces.ü']) {
      await storage.write(key, pattern(4, 1));
    }
    const expected = ['a.txt', 'b.txt', 'name with spaces.ü', 'part/c.txt', 'part/deep/d.txt'];
    const received = (await storage.list()).filter((key) => expected.includes(key));
    if (received.join() !== expected.join()) {
      failed({ what: 'The keys differ', expected: expected.join(), received: received.join() });
    }
    await storage.remove('a.txt');
    await storage.remove('part/c.txt');
    const left = await storage.list();
    if (left.includes('a.txt') || left.includes('part/c.txt')) failed({ what: 'A removed key is listed' });
    if (await storage.read('a.txt')) failed({ what: 'A removed value is there' });
  },
  'at once': async (storage, failed) => {
    const values = Array.from({ length: 6 }, (_, i) => pattern(20_000, i));
    await Promise.all(values.map((bytes) => storage.write('busy.bin', bytes)));
    const found = await storage.read('busy.bin');
    const whole = values.some((bytes) => found && sameBytes(found, bytes));
    if (!whole) failed({ what: 'Of several values written at once, there is not one as a whole' });
  },
  keys: async (storage, failed) => {
    for (const key of BAD_KEYS) {
      for (const [verb, use] of [
        ['write', () => storage.write(key, pattern(1, 1))],
        ['append', () => storage.append(key, pattern(1, 1))],
        ['read', () => storage.read(key)],
        ['remove', () => storage.remove(key)],
      ] as const) {
        const outcome: unknown = await use().then(
          () => undefined,
          (error: unknown) => error,
        );
        if (isOstinatoError(outcome, 'storage-key')) continue;
        const what = `${verb}() takes the key ${JSON.stringify(key)}`;
        failed({ what, expected: 'an error with the code storage-key', received: String(outcome) });
      }
    }
  },
};

/**
 * Tests a storage; what the suite writes there is removed again, so `storage` may hold other things.
 *
 * Throws   `conformance-<check>` for the first check that fails
 *
 * @example
 * await testStorage(myStorage('test'));
 */
export async function testStorage(storage: TestedStorage): Promise<{ readonly checked: readonly string[] }> {
  const before = await storage.list();
  for (const [name, check] of Object.entries(checks)) {
    await check(storage, (finding) => fail(storage.name, name, finding));
  }
  for (const key of await storage.list()) if (!before.includes(key)) await storage.remove(key);
  return { checked: Object.keys(checks) };
}

async function expectBytes(
  storage: TestedStorage,
  key: string,
  expected: Uint8Array,
  failed: (finding: Finding) => never,
): Promise<void> {
  const received = await storage.read(key);
  if (received instanceof Uint8Array && sameBytes(received, expected)) return;
  failed({
    what: `The value under '${key}' is not what was written`,
    expected: `${expected.length} bytes: ${expected.subarray(0, 8)} …`,
    received: received ? `${received.length} bytes: ${received.subarray(0, 8)} …` : 'nothing',
  });
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Bytes that differ from one `salt` to the next. */
function pattern(size: number, salt: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, i) => (i * 31 + salt * 17 + (i >> 8)) & 0xff);
}

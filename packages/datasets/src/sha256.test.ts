import { createHash } from 'node:crypto';
import { expect, it, vi } from 'vitest';
import { fingerprint, sha256 } from './sha256.js';

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

it('gives the examples of FIPS 180', () => {
  expect(sha256(ascii('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(sha256(ascii(''))).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  expect(sha256(ascii('a'.repeat(1_000_000)))).toBe(
    'cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0',
  );
});

it('agrees with the platform for every length around a block, also inside a larger buffer', () => {
  for (let length = 0; length < 200; length++) {
    const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => (i * 197) & 255).subarray(3);
    expect(sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});

it('is the same with and without crypto.subtle', async () => {
  const bytes = ascii('ostinato');
  const native = await fingerprint(bytes);
  vi.stubGlobal('crypto', {});
  expect(await fingerprint(bytes)).toBe(native);
  vi.unstubAllGlobals();
});

import { afterEach, expect, test, vi } from 'vitest';
import { createSha256, type Sha256 } from './sha256.js';

afterEach(() => {
  vi.unstubAllGlobals();
});

/** FIPS 180-4's example of 448 bits, in two pieces. */
function exampleIn(hash: Sha256): string {
  const bytes = new TextEncoder().encode('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq');
  hash.update(bytes.subarray(0, 11));
  hash.update(bytes.subarray(11));
  return hash.hex();
}

const EXPECTED = '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1';

test('in Node', () => {
  expect(exampleIn(createSha256())).toBe(EXPECTED);
});

test('where there is no Node', () => {
  vi.stubGlobal('process', undefined);
  expect(exampleIn(createSha256())).toBe(EXPECTED);
});

import { expect, it, vi } from 'vitest';
import { crc32, crc32ByTable } from './crc32.js';
import { withoutNode } from './test-support/both-ways.js';

const digits = new TextEncoder().encode('123456789');

it('knows the CRC-32 of "123456789", with and without Node, and where zlib has none', () => {
  expect(crc32(digits)).toBe(0xcbf43926);
  expect(withoutNode(() => crc32(digits))).toBe(0xcbf43926);
  vi.stubGlobal('process', { getBuiltinModule: () => ({}) });
  expect(crc32(digits)).toBe(0xcbf43926);
  vi.unstubAllGlobals();
});

it('gives the same by table as by zlib for every length around a step, also inside a larger buffer', () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length: length + 3 }, (_, i) => (i * 197) & 255).subarray(3);
    expect(crc32ByTable(bytes)).toBe(crc32(bytes));
  }
});

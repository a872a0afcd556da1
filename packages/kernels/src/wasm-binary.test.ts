import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
// @ts-expect-error: the build script is JavaScript
import { generate } from '../scripts/build-wasm.mjs';
import { wasmBase64 } from './wasm-binary.js';

test('the binary in the repository is what the sources compile to, byte by byte, every time', async () => {
  const [first, second] = [await generate(), await generate()];
  expect(second).toBe(first);
  expect(await readFile(new URL('./wasm-binary.ts', import.meta.url), 'utf8')).toBe(first);
});

test('it is small', () => {
  expect(Buffer.from(wasmBase64, 'base64').length).toBeLessThan(20 * 1024);
});

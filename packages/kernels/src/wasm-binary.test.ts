import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
// @ts-expect-error: the build script is JavaScript
import { generate } from '../scripts/build-wasm.mjs';
import { wasmBase64 } from './wasm-binary.js';

test('the binary in the repository is what the sources compile to, byte by byte, every time', async () => {
  const [first, second] = [await generate(), await generate()];
  expect(second === first, 'two builds are equal').toBe(true);
  const inRepository = await readFile(new URL('./wasm-binary.ts', import.meta.url), 'utf8');
  expect(inRepository === first, 'src/wasm-binary.ts is what scripts/build-wasm.mjs writes').toBe(true); // not toBe: it would print both
});

test('it is at most 24 KB', () => {
  expect(Buffer.from(wasmBase64, 'base64').length).toBeLessThanOrEqual(24 * 1024);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { useBackend } from './use-backend.js';
import { findWasmFile } from './wasm-files.js';

const SIMD = 'tfjs-backend-wasm-simd.wasm';
const installed = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
const folder = mkdtempSync(join(tmpdir(), 'ostinato-wasm-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('findWasmFile in Node', () => {
  it('finds the installed package', async () => {
    expect(await findWasmFile(SIMD)).toBe(join(installed, SIMD));
  });

  it.each([
    ['a folder', installed, `${installed}/${SIMD}`],
    ['a folder with its slash', `${installed}/`, `${installed}/${SIMD}`],
    ['a file', join(installed, SIMD), join(installed, SIMD)],
    ['a file: URL', pathToFileURL(join(installed, SIMD)).href, pathToFileURL(join(installed, SIMD)).href],
  ])('takes %s', async (_, given, path) => {
    expect(await findWasmFile(SIMD, given)).toBe(path);
  });

  it('says what is wrong with a place', async () => {
    await expect(findWasmFile(SIMD, '/nowhere')).rejects.toThrow(
      '[useBackend] The file tfjs-backend-wasm-simd.wasm of @tensorflow/tfjs-backend-wasm was not found. ' +
        "Received /nowhere/tfjs-backend-wasm-simd.wasm (no such file). Serve or install that package's dist folder " +
        'and name it: useBackend("wasm", { wasmPath }). (wasm-file)',
    );
    writeFileSync(join(folder, SIMD), Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 9));
    await expect(findWasmFile(SIMD, folder)).rejects.toThrow('it is not a valid wasm file');
  });
});

it('a wrong place is told, and does not keep the backend from starting later', async () => {
  const report = await useBackend('wasm', { wasmPath: folder, silent: true });
  expect(report).toMatchObject({ backend: 'cpu', requested: 'wasm' });
  expect(report.reason).toContain('it is not a valid wasm file');
  expect((await useBackend('wasm')).backend).toBe('wasm');
  expect(tf.tensor([1]).dataSync()[0]).toBe(1);
});

it('an engine without WebAssembly is told', async () => {
  const { WebAssembly: engine } = globalThis;
  Reflect.deleteProperty(globalThis, 'WebAssembly');
  const report = await useBackend('wasm', { silent: true });
  globalThis.WebAssembly = engine;
  expect(report.reason).toBe('this engine has no WebAssembly');
});

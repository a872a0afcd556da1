import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build as bundleWithEsbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromium, openPage } from './test-support/open-page.js';
import { serveFolder } from './test-support/serve-folder.js';

const here = dirname(fileURLToPath(import.meta.url));
const page = join(here, 'test-support/browser-page.ts');
const alias = { '@ostinato/core': join(here, '../../core/src/index.ts') };
const wasmFolder = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));
const FILES = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm'];
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};
const onWasm = { backend: 'wasm', requested: 'wasm', simd: true, threads: 1, gradient: [1, 1, 2, 2] };

if (!chromium) console.warn('browser.test.ts is skipped: there is no Chromium (CHROMIUM names one)');

describe.skipIf(!chromium)('useBackend in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ostinato-backend-'));
  const esbuildFolder = join(folder, 'esbuild');
  const html = (script: string) => `<!doctype html><script type="module" src="${script}"></script>`;

  beforeAll(async () => {
    mkdirSync(esbuildFolder);
    writeFileSync(join(esbuildFolder, 'index.html'), html('/page.js'));
    const options = { bundle: true, format: 'esm', logLevel: 'error' } as const;
    const outfile = join(esbuildFolder, 'page.js');
    await bundleWithEsbuild({ ...options, entryPoints: [page], outfile, alias });
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const copyWasm = (to: string): void => {
    mkdirSync(to, { recursive: true });
    for (const file of FILES) copyFileSync(join(wasmFolder, file), join(to, file));
  };

  it('finds the files that a Vite build emits', async () => {
    const { build } = await import('vite');
    const root = join(folder, 'vite');
    mkdirSync(root);
    writeFileSync(join(root, 'index.html'), html(page));
    const outDir = join(root, 'out');
    await build({ configFile: false, logLevel: 'error', root, resolve: { alias }, build: { outDir } });
    expect(await openPage(serveFolder(outDir), '/')).toMatchObject(onWasm);
  });

  it('finds the files in Vite while developing', async () => {
    const { createServer } = await import('vite');
    const root = join(folder, 'vite-dev');
    mkdirSync(root);
    writeFileSync(join(root, 'index.html'), html(`/@fs${page}`));
    const server = await createServer({
      configFile: false,
      logLevel: 'error',
      root,
      cacheDir: join(root, 'cache'),
      resolve: { alias },
      server: { middlewareMode: true, fs: { strict: false }, hmr: false, ws: false },
      appType: 'spa',
    });
    try {
      expect(await openPage(server.middlewares, '/')).toMatchObject(onWasm);
    } finally {
      await server.close();
    }
  });

  it('falls back to cpu and says where it looked when nobody serves the files', async () => {
    const result = await openPage(serveFolder(esbuildFolder), '/');
    expect(result).toMatchObject({ backend: 'cpu', requested: 'wasm', gradient: onWasm.gradient });
    expect(result.reason).toMatch(
      /The file tfjs-backend-wasm-simd\.wasm of @tensorflow\/tfjs-backend-wasm was not found.*the answer is not a wasm file.*wasmPath/,
    );
  });

  it('takes the folder of the files as wasmPath', async () => {
    copyWasm(join(esbuildFolder, 'elsewhere'));
    expect(await openPage(serveFolder(esbuildFolder), '/?wasmPath=/elsewhere')).toMatchObject(onWasm);
  });

  it('finds the files beside the bundle', async () => {
    copyWasm(esbuildFolder);
    expect(await openPage(serveFolder(esbuildFolder), '/')).toMatchObject({ ...onWasm, isolated: false });
  });

  it("leaves tfjs' threads alone on a page that could have them", async () => {
    copyWasm(esbuildFolder);
    const result = await openPage(serveFolder(esbuildFolder, ISOLATED), '/');
    expect(result).toMatchObject({ ...onWasm, isolated: true });
  });
});

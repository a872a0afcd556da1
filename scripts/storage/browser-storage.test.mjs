// The browser's storages in a real browser: Debian's `chromium`, or what CHROMIUM names.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../workspace/layout.mjs';

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'];
const found = existsSync(executablePath);

/** @type {import('playwright-core').Browser} */
let browser;
/** @type {import('playwright-core').Page} */
let page;
/** @type {import('node:http').Server} */
let server;

describe.skipIf(!found)(`storages of the browser${found ? '' : `: there is no ${executablePath}`}`, () => {
  beforeAll(async () => {
    const code = await bundle();
    server = createServer((request, response) => {
      const script = request.url === '/code.js';
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html');
      response.end(
        script ? code : '<!doctype html><title>storage</title><script type="module" src="/code.js"></script>',
      );
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
    browser = await chromium.launch({ executablePath, args });
    page = await browser.newPage();
    await open();
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  test('indexedDBStorage passes the suite', async () => {
    const checked = await page.evaluate(async () => {
      const { testStorage, indexedDBStorage } = /** @type {any} */ (globalThis);
      return (await testStorage(indexedDBStorage('suite'))).checked;
    });
    expect(checked).toContain('append');
  });

  test('what is written to it is there after the page was left', async () => {
    await page.evaluate(() =>
      /** @type {any} */ (globalThis).indexedDBStorage('lasting').write('a/b', Uint8Array.of(1, 2, 3)),
    );
    await page.goto('about:blank');
    await open();
    const bytes = await page.evaluate(async () => [
      ...(await /** @type {any} */ (globalThis).indexedDBStorage('lasting').read('a/b')),
    ]);
    expect(bytes).toEqual([1, 2, 3]);
  });

  test('no more room: what the browser says of its quota is told, and the old value stays', async () => {
    const result = await page.evaluate(async () => {
      const storage = /** @type {any} */ (globalThis).indexedDBStorage('lasting');
      const { put } = IDBObjectStore.prototype;
      IDBObjectStore.prototype.put = () => {
        throw new DOMException('The quota has been exceeded.', 'QuotaExceededError'); // a full disk takes too long
      };
      const error = await storage.write('a/b', new Uint8Array(9)).then(() => 'none', String);
      IDBObjectStore.prototype.put = put;
      return { error, kept: [...(await storage.read('a/b'))] };
    });
    expect(result.error).toMatch(/the browser grants no more room.*\(storage-full\)/);
    expect(result.kept).toEqual([1, 2, 3]);
  });

  test('downloadStorage downloads, and does nothing else', async () => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate(() =>
        /** @type {any} */ (globalThis).downloadStorage().write('run/model.bin', Uint8Array.of(9, 8, 7)),
      ),
    ]);
    expect(download.suggestedFilename()).toBe('model.bin');
    expect([...(await readFile(await download.path()))]).toEqual([9, 8, 7]);
    const codes = await page.evaluate(async () => {
      const storage = /** @type {any} */ (globalThis).downloadStorage();
      const calls = [
        storage.read('a'),
        storage.list(),
        storage.remove('a'),
        storage.append('a', new Uint8Array()),
      ];
      return (await Promise.allSettled(calls)).map((outcome) => /** @type {any} */ (outcome).reason?.code);
    });
    expect(codes).toEqual(Array(4).fill('storage-write-only'));
  });
});

async function open() {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.waitForFunction(() => 'testStorage' in globalThis);
}

/** The sources, bundled: no build is needed first. */
async function bundle() {
  const packages = ['core', 'testing', 'training'];
  const { outputFiles } = await build({
    entryPoints: [join(root, 'scripts/storage/page.mjs')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    logLevel: 'silent',
    alias: Object.fromEntries(
      packages.map((name) => [`@ostinato/${name}`, join(root, 'packages', name, 'src/index.ts')]),
    ),
    nodePaths: [join(root, 'packages/training/node_modules')],
  });
  return outputFiles[0]?.text ?? '';
}

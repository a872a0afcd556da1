// The same training inside a worker of a real browser: Debian's `chromium`, or what CHROMIUM names.
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { root } from '../workspace/layout.mjs';
import { dataFile } from './settings.mjs';

const imdb = join(root, 'apps/imdb');
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const page = '<!doctype html><title>ostinato</title><script type="module" src="/code.js"></script>';

/**
 * @param {import('./settings.mjs').Settings} settings
 * @returns {Promise<{ train(job: import('./settings.mjs').Job): Promise<string>, threadsAt(place: 'isolated' | 'open' | 'page'): Promise<{ count: number, reason?: string }>, close(): Promise<void> }>}
 */
export async function chromiumWith(settings) {
  const files = { ...(await code()), ...(await data(settings)) };
  const [isolated, open] = [await serve(files, true), await serve(files, false)];
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: flags,
  });
  const pages = { isolated: await pageAt(browser, isolated.url), open: await pageAt(browser, open.url) };
  return {
    async train(job) {
      const { digest, threads, backend } = /** @type {any} */ (await inWorker(pages.isolated, job));
      if (backend !== 'wasm') throw new Error(`the backend is ${backend}`);
      if (threads.count !== job.threads)
        throw new Error(`${threads.count} threads computed instead of ${job.threads}: ${threads.reason}`);
      return digest;
    },
    threadsAt: (place) =>
      place === 'page'
        ? pages.isolated.evaluate(() => /** @type {any} */ (globalThis).threadsHere(2))
        : /** @type {any} */ (inWorker(pages[place], 2)),
    async close() {
      await browser.close();
      isolated.server.close();
      open.server.close();
    },
  };
}

/** @param {import('playwright-core').Browser} browser @param {string} url */
async function pageAt(browser, url) {
  const page = await browser.newPage();
  await page.goto(url);
  await page.waitForFunction(() => 'threadsHere' in globalThis);
  return page;
}

/** Sends one message to a new worker and waits for its answer. @param {import('playwright-core').Page} page @param {unknown} message */
async function inWorker(page, message) {
  return page.evaluate(
    (message) =>
      new Promise((resolve, reject) => {
        const worker = new Worker('/code.js', { type: 'module' });
        worker.onerror = (event) => reject(new Error(event.message));
        worker.onmessage = ({ data }) => {
          worker.terminate();
          if (data.error) reject(new Error(data.error));
          else resolve(data.result);
        };
        worker.postMessage(message);
      }),
    message,
  );
}

/** The bundle, and tfjs' wasm files beside it. @returns {Promise<Record<string, Buffer | string>>} */
async function code() {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'scripts/same-weights/page.mjs')],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'esm',
    target: 'es2022',
    outfile: 'code.js',
    logLevel: 'silent',
    nodePaths: [join(imdb, 'node_modules')],
  });
  return { '/code.js': outputFiles[0]?.text ?? '', '/': page };
}

/** The reviews that the program trains on. @param {import('./settings.mjs').Settings} settings @returns {Promise<Record<string, Buffer>>} */
async function data({ numWords, maxLen }) {
  /** @type {typeof import('@ostinato/datasets')} */
  const { loadImdb } = await import(createRequire(join(imdb, 'package.json')).resolve('@ostinato/datasets'));
  const path = dataFile();
  const { train } = await loadImdb({ numWords, maxLen, ...(path === undefined ? {} : { path }) });
  const bytes = (/** @type {Int32Array | Float32Array} */ { buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength);
  return { '/x': bytes(train.x.data), '/y': bytes(Float32Array.from(train.y.data)) };
}

/** @param {Record<string, Buffer | string>} files @param {boolean} isolated  whether pages may have shared memory */
async function serve(files, isolated) {
  const wasm = dirname(
    createRequire(join(root, 'packages/backend/package.json')).resolve('@tensorflow/tfjs-backend-wasm'),
  );
  const server = createServer((request, response) => {
    const url = request.url ?? '/';
    if (isolated) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    response.setHeader('Content-Type', typeOf(url));
    if (url.startsWith('/wasm/')) createReadStream(join(wasm, url.slice('/wasm/'.length))).pipe(response);
    else if (url in files) response.end(files[url]);
    else response.writeHead(404).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { server, url: `http://127.0.0.1:${address.port}/` };
}

/** @param {string} url */
function typeOf(url) {
  if (url === '/') return 'text/html';
  if (url.endsWith('.js')) return 'text/javascript';
  return url.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream';
}

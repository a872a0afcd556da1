/** Opens a page in headless Chromium and waits for what it posts to `/result`. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Chromium is, or undefined. `CHROMIUM` names another place. */
export const chromium = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser'].find(
  (path) => path !== undefined && existsSync(path),
);

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves `handler`, opens `path` there, and returns the JSON that the page posts. */
export async function openPage(handler: Handler, path: string): Promise<Record<string, unknown>> {
  let settle!: (result: Record<string, unknown>) => void;
  const result = new Promise<Record<string, unknown>>((resolve) => {
    settle = resolve;
  });
  const server = createServer((request, response) => {
    if (request.url !== '/result') return handler(request, response);
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      response.end();
      settle(JSON.parse(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), 'ostinato-chromium-'));
  const url = `http://127.0.0.1:${port}${path}`;
  const browser = spawn(chromium!, [...FLAGS, `--user-data-dir=${profile}`, url], {
    stdio: 'ignore',
    detached: true, // a process group of its own, so that its children end with it
  });
  const closed = new Promise((resolve) => browser.once('close', resolve));
  const timer = setTimeout(() => settle({ error: 'the page posted nothing for 40 seconds' }), 40_000);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    if (browser.pid !== undefined) process.kill(-browser.pid, 'SIGKILL');
    await closed;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** A folder of files for a browser. */
import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Handler } from './open-page.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** As many development servers do, answers a path that is no file with the page. */
export function serveFolder(folder: string, headers: Readonly<Record<string, string>> = {}): Handler {
  return (request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    let file = pathname === '/' ? '/index.html' : pathname;
    let body: Buffer;
    try {
      body = readFileSync(join(folder, file));
    } catch {
      file = '/index.html';
      body = readFileSync(join(folder, file));
    }
    response.writeHead(200, {
      'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
      ...headers,
    });
    response.end(body);
  };
}

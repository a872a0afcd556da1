import type { RequestListener } from 'node:http';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type DownloadOptions, type DownloadProgress, downloadFile } from './download.js';
import { sha256 } from './sha256.js';
import { type LocalServer, serve, unreachable } from './test-support/serve.js';

const content = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7) & 255);
const file = { name: 'data.bin', bytes: content.length, sha256: sha256(content) };

let server: LocalServer | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await server?.close();
  server = undefined;
});

async function get(listener: RequestListener, options: DownloadOptions = {}): Promise<Uint8Array> {
  server = await serve(listener);
  return downloadFile(file, { baseUrl: server.url, ...options }, 'test');
}

it('fetches the named file, tells its progress, and checks it', async () => {
  const progress: DownloadProgress[] = [];
  const asked: (string | undefined)[] = [];
  const bytes = await get(
    (request, response) => {
      asked.push(request.url);
      response.end(content);
    },
    { onProgress: (step) => progress.push(step) },
  );
  expect(asked).toEqual(['/data.bin']);
  expect(sha256(bytes)).toBe(file.sha256);
  expect(progress.at(-1)).toEqual({ name: 'data.bin', receivedBytes: 300_000, totalBytes: 300_000 });
  const received = progress.map(({ receivedBytes }) => receivedBytes);
  expect(received).toEqual([...received].sort((a, b) => a - b));
});

describe('fails with a reason', () => {
  it('nobody answers', async () => {
    const baseUrl = await unreachable();
    await expect(downloadFile(file, { baseUrl }, 'test')).rejects.toThrow(
      /^\[test\] http:.*data\.bin could not be downloaded.*ECONNREFUSED.*Check the network.*\(download-failed\)$/,
    );
  });

  it.each([404, 503])('status %s', async (status) => {
    const answer = get((_, response) => void response.writeHead(status).end('no'));
    await expect(answer).rejects.toThrow(new RegExp(`HTTP status ${status}.*\\(download-failed\\)`));
  });

  it('a page of a hotel’s network instead of the file', async () => {
    const answer = get((_, response) => void response.end('<html>Please log in</html>'));
    await expect(answer).rejects.toThrow(/Expected 300000 bytes; received 26 bytes.*\(download-failed\)/);
  });

  it('an endless answer, of which no more than the file’s length is read', async () => {
    let sent = 0;
    const answer = get((_, response) => {
      const more = (): void => {
        sent += 100_000;
        if (!response.destroyed) response.write(new Uint8Array(100_000), () => setImmediate(more));
      };
      more();
    });
    await expect(answer).rejects.toThrow(/received more than 300000 bytes.*\(download-failed\)/);
    expect(sent).toBeLessThan(100e6);
  });

  it('a connection that breaks', async () => {
    const answer = get((_, response) => {
      response.writeHead(200, { 'content-length': '300000' });
      response.write(content.subarray(0, 1000), () => response.destroy());
    });
    await expect(answer).rejects.toThrow(expect.objectContaining({ code: 'download-failed' }));
  });

  it('silence in the middle', async () => {
    const answer = get((_, response) => void response.write(content.subarray(0, 1000)), { timeoutMs: 60 });
    await expect(answer).rejects.toThrow(/nothing was received for 60 ms.*\(download-failed\)/);
  });

  it('not because it is slow: every piece gives it new time', async () => {
    vi.useFakeTimers();
    const body = new ReadableStream<Uint8Array>({
      async start(controller) {
        for (let sent = 0; sent < content.length; sent += 30_000) {
          await vi.advanceTimersByTimeAsync(500);
          controller.enqueue(content.subarray(sent, sent + 30_000));
        }
        controller.close();
      },
    });
    const fetch = async () => new Response(body);
    const bytes = await downloadFile(file, { fetch, timeoutMs: 600 }, 'test');
    expect(sha256(bytes)).toBe(file.sha256);
  });

  it('silence from the start, even of a fetch that ignores its signal', async () => {
    const fetch = () => new Promise<Response>(() => undefined);
    await expect(downloadFile(file, { fetch, timeoutMs: 30 }, 'test')).rejects.toThrow(
      /nothing was received for 30 ms/,
    );
  });

  it('another content of the same length', async () => {
    const answer = get((_, response) => void response.end(new Uint8Array(content.length)));
    await expect(answer).rejects.toThrow(new RegExp(`Expected ${file.sha256}; .*\\(checksum-mismatch\\)`));
  });
});

describe('stops when told to', () => {
  it('before it starts', async () => {
    const answer = downloadFile(file, { baseUrl: await unreachable(), signal: AbortSignal.abort() }, 'test');
    await expect(answer).rejects.toThrow(expect.objectContaining({ code: 'aborted' }));
  });

  it('in the middle', async () => {
    const stop = new AbortController();
    const answer = get((_, response) => void response.write(content.subarray(0, 1000)), {
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(answer).rejects.toThrow(/was stopped\. \(aborted\)/);
  });
});

it('lets an error of the progress callback through as it is', async () => {
  const onProgress = (): never => {
    throw new TypeError('mine');
  };
  await expect(get((_, response) => void response.end(content), { onProgress })).rejects.toThrow(
    new TypeError('mine'),
  );
});

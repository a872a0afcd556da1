/**
 * Fetches a file of known length and checksum into memory.
 */
import { OstinatoError } from '@ostinato/core';
import { checkSha256, type RemoteFile } from './data-source.js';
import { fingerprint } from './sha256.js';

export interface DownloadOptions {
  /** The folder the files lie in, with its final slash. Default: where Keras gets them from. */
  readonly baseUrl?: string;
  /** Default: the platform's. */
  readonly fetch?: typeof globalThis.fetch;
  /** Milliseconds without a byte after which to give up. Default 30,000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Called after every piece that arrives. */
  readonly onProgress?: (progress: DownloadProgress) => void;
}

export interface DownloadProgress {
  readonly name: string;
  readonly receivedBytes: number;
  readonly totalBytes: number;
}

const KERAS_DATASETS = 'https://storage.googleapis.com/tensorflow/tf-keras-datasets/';

/**
 * Fetches a file and checks it.
 *
 * Memory   one array of the file's length; more is not read
 * Throws   `download-failed` when the server cannot be reached, refuses, falls silent, or sends a file of another length
 *          · `checksum-mismatch` when the length is right and the content is not · `aborted` when `signal` says so
 */
export async function downloadFile(
  file: RemoteFile,
  options: DownloadOptions,
  where: string,
): Promise<Uint8Array> {
  const url = `${options.baseUrl ?? KERAS_DATASETS}${file.name}`;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort(options.signal?.reason);
  if (options.signal?.aborted) onAbort();
  options.signal?.addEventListener('abort', onAbort, { once: true });
  const watch = silenceWatch(options.timeoutMs ?? 30_000, stop);
  const attempt = { url, file, options, signal: stop.signal, where };
  try {
    const bytes = await receive(attempt, watch.restart);
    checkSha256(url, file.sha256, await fingerprint(bytes));
    return bytes;
  } finally {
    watch.end();
    stop.abort(); // Lets go of a connection whose answer is not wanted to its end.
    options.signal?.removeEventListener('abort', onAbort);
  }
}

interface Attempt {
  readonly url: string;
  readonly file: RemoteFile;
  readonly options: DownloadOptions;
  /** The user's wish and the watch's in one. */
  readonly signal: AbortSignal;
  readonly where: string;
}

async function receive(attempt: Attempt, onPiece: () => void): Promise<Uint8Array> {
  const { url, file, options, signal } = attempt;
  const fetch = options.fetch ?? globalThis.fetch;
  const response = await network(attempt, async () => fetch(url, { signal }));
  if (!response.ok) throw refused(attempt, `HTTP status ${response.status}`);
  const reader = response.body?.getReader();
  const read = async () => network(attempt, async () => reader?.read());
  const bytes = new Uint8Array(file.bytes);
  let receivedBytes = 0;
  for (let piece = await read(); piece?.value; piece = await read()) {
    onPiece();
    const total = receivedBytes + piece.value.length;
    if (total > file.bytes) throw refused(attempt, `more than ${file.bytes} bytes`, file.bytes);
    bytes.set(piece.value, receivedBytes);
    receivedBytes = total;
    options.onProgress?.({ name: file.name, receivedBytes, totalBytes: file.bytes });
  }
  if (receivedBytes !== file.bytes) throw refused(attempt, `${receivedBytes} bytes`, file.bytes);
  return bytes;
}

/** Runs one call to the network, at most until the signal; its errors, and only its, become those of `downloadFile`. */
async function network<T>(attempt: Attempt, call: () => Promise<T>): Promise<T> {
  const { signal } = attempt;
  let onAbort: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([stopped, call()]);
  } catch (error) {
    throw failure(attempt, error);
  } finally {
    if (onAbort) signal.removeEventListener('abort', onAbort);
  }
}

/** Aborts when nothing was heard for `timeoutMs`. */
function silenceWatch(timeoutMs: number, stop: AbortController): { restart(): void; end(): void } {
  const reason = new Error(`nothing was received for ${timeoutMs} ms`);
  const start = () => setTimeout(() => stop.abort(reason), timeoutMs);
  let timer = start();
  const end = (): void => clearTimeout(timer);
  const restart = (): void => {
    end();
    timer = start();
  };
  return { restart, end };
}

function failure(attempt: Attempt, error: unknown): OstinatoError {
  const { options, url, where } = attempt;
  if (options.signal?.aborted) {
    return new OstinatoError('aborted', { where, what: `The download of ${url} was stopped`, cause: error });
  }
  const { message, cause } = error as Error;
  const inner = cause instanceof Error ? cause.message || (cause as NodeJS.ErrnoException).code : undefined;
  return refused(attempt, [message, inner].filter(Boolean).join(': ') || String(error), undefined, error);
}

function refused(attempt: Attempt, reason: string, bytes?: number, cause?: unknown): OstinatoError {
  const { url, where } = attempt;
  return new OstinatoError('download-failed', {
    where,
    ...(bytes === undefined
      ? { what: `${url} could not be downloaded: ${reason}` }
      : { what: `${url} is another file`, expected: `${bytes} bytes`, received: reason }),
    fix: 'Check the network, or pass the path of a file you have',
    cause,
  });
}

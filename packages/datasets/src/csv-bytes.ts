/** Where the bytes of a CSV come from: a file, a Blob, an address, a stream; opened anew each time. */
import { OstinatoError, show } from '@ostinato/core';
import { nodePlatform } from './node-platform.js';
import { absolutePath, noFiles, unreadable } from './read-file.js';
import { runsOnce, usedUp } from './repeatable.js';

/** Pieces of a file, one after the other. */
export type ByteStream = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * A path in Node; anywhere an address, a Blob (of which a File is one), bytes in pieces, or a function that opens such pieces
 * for each epoch anew.
 */
export type CsvSource = string | URL | Blob | ByteStream | (() => ByteStream | Promise<ByteStream>);

/** A source under the name that errors call it by. */
export interface NamedBytes {
  readonly name: string;
  /** Throws `file-not-found`, `file-unreadable`, `download-failed`, `source-once`, `csv-bytes`. */
  open(): AsyncGenerator<Uint8Array, void>;
}

const PIECE = 2 ** 16;

/** Throws `csv-source` for what cannot be read, and `platform-files` for a path where there are none. */
export function namedBytes(source: CsvSource, where: string): NamedBytes {
  if (typeof source === 'string' || (source instanceof URL && source.protocol === 'file:')) {
    return fileBytes(source, where);
  }
  if (source instanceof URL) return { name: source.href, open: () => fetched(source, where) };
  if (typeof Blob === 'function' && source instanceof Blob) {
    const { name = 'blob' } = source as { readonly name?: string };
    return { name, open: () => pieces(source.stream(), where) };
  }
  if (typeof source === 'function') {
    return {
      name: source.name || 'stream',
      async *open() {
        yield* pieces(await source(), where);
      },
    };
  }
  const stream = source as ByteStream;
  checkPieces(stream, where);
  let opened = false;
  return {
    name: 'stream',
    async *open() {
      if (opened && runsOnce(stream)) throw usedUp(where);
      opened = true;
      yield* pieces(stream, where);
    },
  };
}

function fileBytes(path: string | URL, where: string): NamedBytes {
  const node = nodePlatform();
  if (node === undefined) throw noFiles(path, 'Pass a File, an address or a stream', where);
  const absolute = absolutePath(path, node, where);
  const attempt = async <T>(call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (error) {
      throw unreadable(error, absolute, where);
    }
  };
  return {
    name: node.path.basename(absolute),
    async *open() {
      const file = await attempt(() => node.fs.open(absolute, 'r'));
      try {
        for (;;) {
          const { bytesRead, buffer } = await attempt(() => file.read(new Uint8Array(PIECE), 0, PIECE, null));
          if (bytesRead === 0) return;
          yield buffer.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    },
  };
}

async function* fetched(url: URL, where: string): AsyncGenerator<Uint8Array, void> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw refused(url, (error as Error).message, where, error);
  }
  if (!response.ok) throw refused(url, `HTTP status ${response.status}`, where);
  yield* pieces(response.body ?? [], where);
}

async function* pieces(stream: ByteStream, where: string): AsyncGenerator<Uint8Array, void> {
  checkPieces(stream, where);
  const all = 'getReader' in stream ? readStream(stream) : stream;
  for await (const piece of all) {
    if (Object.prototype.toString.call(piece) !== '[object Uint8Array]') throw noBytes(piece, where);
    yield piece;
  }
}

/** Not every browser can iterate a stream. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      ended = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!ended) await reader.cancel();
    reader.releaseLock();
  }
}

/** Throws `csv-source`. */
function checkPieces(stream: unknown, where: string): void {
  const iterable = Object(stream) as { [Symbol.iterator]?: unknown; [Symbol.asyncIterator]?: unknown };
  const { getReader } = iterable as { getReader?: unknown };
  const opens = [iterable[Symbol.iterator], iterable[Symbol.asyncIterator], getReader];
  if (!ArrayBuffer.isView(stream) && opens.some((method) => typeof method === 'function')) return;
  throw new OstinatoError('csv-source', {
    where,
    what: 'There is nothing to read from',
    expected: 'a path, an address (URL), a Blob, a ReadableStream or an iterable of Uint8Array',
    received: show(stream),
    ...(ArrayBuffer.isView(stream) ? { fix: 'Wrap the bytes in a list: [bytes]' } : {}),
  });
}

function noBytes(piece: unknown, where: string): OstinatoError {
  return new OstinatoError('csv-bytes', {
    where,
    what: 'A piece of the source is no bytes',
    expected: 'a Uint8Array',
    received: show(piece),
    ...(typeof piece === 'string' ? { fix: 'Encode texts: new TextEncoder().encode(text)' } : {}),
  });
}

function refused(url: URL, reason: string, where: string, cause?: unknown): OstinatoError {
  return new OstinatoError('download-failed', {
    where,
    what: `The file could not be fetched (${reason})`,
    expected: 'an answer with the file',
    received: url.href,
    cause,
  });
}

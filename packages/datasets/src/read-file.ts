/**
 * Reads a file that the user named; every way in which that fails has its own words.
 */
import { OstinatoError } from '@ostinato/core';
import { type NodePlatform, nodePlatform } from './node-platform.js';

/** Bytes and the absolute path they were read from. */
export interface LocalFile {
  readonly bytes: Uint8Array;
  readonly path: string;
}

/**
 * Reads a file whole.
 *
 * Throws   `file-not-found` · `file-unreadable` for folders and lacking rights · `platform-files` outside Node
 */
export async function readLocalFile(path: string | URL, where: string): Promise<LocalFile> {
  const node = nodePlatform();
  if (node === undefined) throw noFiles(path, 'Pass the content as `bytes`', where);
  const absolute = absolutePath(path, node, where);
  try {
    const bytes = await node.fs.readFile(absolute);
    return { bytes: new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length), path: absolute };
  } catch (error) {
    throw unreadable(error, absolute, where);
  }
}

export function noFiles(path: string | URL, fix: string, where: string): OstinatoError {
  return new OstinatoError('platform-files', {
    where,
    what: 'There are no files on this platform',
    received: `path ${String(path)}`,
    fix,
  });
}

/** Throws `file-unreadable` for an address that names no file. */
export function absolutePath(path: string | URL, node: NodePlatform, where: string): string {
  try {
    return node.path.resolve(path instanceof URL ? node.url.fileURLToPath(path) : path);
  } catch (error) {
    throw unreadable(error, String(path), where);
  }
}

/** What a failed call to the file system was. */
export function unreadable(error: unknown, path: string, where: string): OstinatoError {
  const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message;
  const missing = reason === 'ENOENT' || reason === 'ENOTDIR';
  return new OstinatoError(missing ? 'file-not-found' : 'file-unreadable', {
    where,
    what: missing ? 'There is no such file' : `The file cannot be read (${reason})`,
    expected: 'a readable file',
    received: path,
    cause: error,
  });
}

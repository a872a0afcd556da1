/**
 * The folder in which downloads are kept, each under its name, complete or not there at all.
 */
import { isOstinatoError } from '@ostinato/core';
import type { RemoteFile } from './data-source.js';
import { makeFolders } from './make-folders.js';
import { defaultCacheDir, nodePlatform } from './node-platform.js';
import { readLocalFile } from './read-file.js';
import { fingerprint } from './sha256.js';

/** A cached file, or why there is none. */
export type CacheLookup =
  | { readonly bytes: Uint8Array; readonly path: string }
  | { readonly bytes?: undefined; readonly note?: string };

/** Where a file is or would be kept; undefined where there are no files. */
export function cachePath(name: string, cacheDir?: string): string | undefined {
  const node = nodePlatform();
  return node?.path.join(node.path.resolve(cacheDir ?? defaultCacheDir(node)), name);
}

/** Reads a file from the cache if it is there and its checksum is right. Never throws. */
export async function readCached(file: RemoteFile, cacheDir?: string): Promise<CacheLookup> {
  const path = cachePath(file.name, cacheDir);
  if (path === undefined) return {};
  try {
    const { bytes } = await readLocalFile(path, 'cache');
    if ((await fingerprint(bytes)) === file.sha256.toLowerCase()) return { bytes, path };
    return { note: `the cached file ${path} is damaged (its SHA-256 differs) and was not used` };
  } catch (error) {
    return isOstinatoError(error, 'file-not-found')
      ? {}
      : { note: `the cache could not be read: ${String(error)}` };
  }
}

/**
 * Keeps a file: written in a folder of its own beside its place, then renamed, so that no reader ever meets half a file.
 *
 * @returns its path, or why it could not be kept; never throws, because the data is in memory all the same
 */
export async function writeCached(
  file: RemoteFile,
  bytes: Uint8Array,
  cacheDir?: string,
): Promise<{ readonly path?: string; readonly note?: string }> {
  const node = nodePlatform();
  const path = cachePath(file.name, cacheDir);
  if (node === undefined || path === undefined) return {};
  const folder = node.path.dirname(path);
  let partial: string | undefined;
  try {
    await makeFolders(node, folder);
    partial = await node.fs.mkdtemp(node.path.join(folder, '.partial-'));
    await node.fs.writeFile(node.path.join(partial, file.name), bytes);
    await node.fs.rename(node.path.join(partial, file.name), path);
    return { path };
  } catch (error) {
    return {
      note: `the download is only in memory: ${path} cannot be written (${(error as Error).message})`,
    };
  } finally {
    if (partial) await node.fs.rm(partial, { recursive: true, force: true }).catch(() => undefined);
  }
}

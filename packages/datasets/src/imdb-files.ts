/**
 * The two files of IMDB that Keras publishes, and how each is found: the cache, else a download that is then kept.
 */
import type { DataSource, RemoteFile } from './data-source.js';
import { type DownloadOptions, downloadFile } from './download.js';
import { readCached, writeCached } from './file-cache.js';

export interface FetchOptions extends DownloadOptions {
  /** The folder for downloads. Default: `OSTINATO_CACHE`, else the platform's place for caches. */
  readonly cacheDir?: string;
}

export const FETCH_FIELDS = ['baseUrl', 'fetch', 'timeoutMs', 'signal', 'onProgress', 'cacheDir'] as const;

export const IMDB_NPZ: RemoteFile = {
  name: 'imdb.npz',
  bytes: 17_464_789,
  sha256: '69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f',
};

export const IMDB_WORD_INDEX: RemoteFile = {
  name: 'imdb_word_index.json',
  bytes: 1_641_221,
  sha256: '027313fe9a320280f3bf0fac5baf58c4a683cf39a7ed9c3d3d3912bde4284cf6',
};

/**
 * The file's bytes and where they came from.
 *
 * Throws   what `downloadFile` throws; trouble with the cache is only noted
 */
export async function obtainFile(
  file: RemoteFile,
  options: FetchOptions,
  where: string,
): Promise<{ readonly bytes: Uint8Array; readonly source: DataSource }> {
  const known = { name: file.name, sha256: file.sha256.toLowerCase() };
  const cached = await readCached(file, options.cacheDir);
  if (cached.bytes) return { bytes: cached.bytes, source: { kind: 'cache', ...known, path: cached.path } };
  const bytes = await downloadFile(file, options, where);
  const kept = await writeCached(file, bytes, options.cacheDir);
  const note = [cached.note, kept.note].filter(Boolean).join('; ');
  const source: DataSource = {
    kind: 'download',
    ...known,
    ...(kept.path === undefined ? {} : { path: kept.path }),
    ...(note ? { note } : {}),
  };
  return { bytes, source };
}

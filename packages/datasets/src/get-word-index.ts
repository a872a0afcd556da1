/**
 * The vocabulary that belongs to loaded reviews.
 */
import { checkFields, isOstinatoError } from '@ostinato/core';
import { checkBytes } from './check-arguments.js';
import type { DataSource } from './data-source.js';
import { cachePath } from './file-cache.js';
import { FETCH_FIELDS, type FetchOptions, IMDB_NPZ, IMDB_WORD_INDEX, obtainFile } from './imdb-files.js';
import { nodePlatform } from './node-platform.js';
import { readLocalFile } from './read-file.js';
import { generateSample } from './sample-corpus.js';
import { fingerprint } from './sha256.js';
import { parseWordIndex, type WordIndex } from './word-index.js';

export interface WordIndexOptions extends FetchOptions {
  /** A file in the form of Keras' `imdb_word_index.json`. Default: see `getWordIndex`. */
  readonly path?: string | URL;
  /** The content of such a file, where there are no paths. */
  readonly bytes?: Uint8Array;
  /** That of the reviews, as `loadImdb` returned it, so that words and ids belong together. */
  readonly source?: DataSource;
}

const WHERE = 'getWordIndex';

/**
 * The words of IMDB and their ranks, or those of the sample corpus when that is what was loaded.
 *
 * Looks for the named file, else `imdb_word_index.json` beside the reviews' file, else the checked copy of an earlier
 * download, else downloads it. Without `source` it looks where `loadImdb` would.
 *
 * Throws   `file-not-found` · `word-index-form` · `checksum-mismatch` · `aborted` · `download-failed`: a vocabulary of
 *          other data would be worse than none
 * Differs  Keras returns a dictionary of words; here `ranks` is that, and `words` the way back
 *
 * @example
 * const { source, encoding, test } = await loadImdb({ numWords: 10_000, maxLen: 500 });
 * const index = await getWordIndex({ source });
 * decodeReview(test.x.data.subarray(0, 500), index, encoding);
 */
export async function getWordIndex(options: WordIndexOptions = {}): Promise<WordIndex> {
  checkFields(WHERE, options, ['path', 'bytes', 'source', ...FETCH_FIELDS]);
  const { path, bytes, source } = options;
  if (bytes !== undefined) checkBytes(WHERE, bytes);
  if (bytes) return fromBytes(bytes, 'bytes');
  if (path !== undefined) return fromFile(path);
  if (source?.sample) return generateSample(source.sample).wordIndex;
  const neighbour = neighbourOf(source);
  if (neighbour !== undefined) {
    try {
      return await fromFile(neighbour);
    } catch (error) {
      if (!isOstinatoError(error, 'file-not-found')) throw error;
    }
  }
  return downloaded(options);
}

async function downloaded(options: WordIndexOptions): Promise<WordIndex> {
  try {
    const file = await obtainFile(IMDB_WORD_INDEX, options, WHERE);
    return parseWordIndex(file.bytes, IMDB_WORD_INDEX.name, file.source);
  } catch (error) {
    const sampleIsNext = isOstinatoError(error, 'download-failed') && options.source === undefined;
    if (!sampleIsNext || (await reviewsAreHere(options.cacheDir))) throw error;
    return generateSample({}).wordIndex;
  }
}

/** Whether `loadImdb` without options would find real reviews although nothing can be downloaded. */
async function reviewsAreHere(cacheDir?: string): Promise<boolean> {
  const node = nodePlatform();
  if (node?.env.OSTINATO_IMDB) return true;
  const path = cachePath(IMDB_NPZ.name, cacheDir);
  if (node === undefined || path === undefined) return false;
  return node.fs.access(path).then(
    () => true,
    () => false,
  );
}

/** Where the vocabulary lies when it was put beside the reviews. */
function neighbourOf(source: DataSource | undefined): string | undefined {
  const node = nodePlatform();
  const reviews =
    source === undefined ? node?.env.OSTINATO_IMDB : source.kind === 'file' ? source.path : undefined;
  return reviews ? node?.path.join(node.path.dirname(reviews), IMDB_WORD_INDEX.name) : undefined;
}

async function fromFile(path: string | URL): Promise<WordIndex> {
  const file = await readLocalFile(path, WHERE);
  return fromBytes(file.bytes, file.path);
}

async function fromBytes(bytes: Uint8Array, name: string): Promise<WordIndex> {
  const source = {
    kind: 'file',
    name: IMDB_WORD_INDEX.name,
    path: name,
    sha256: await fingerprint(bytes),
  } as const;
  return parseWordIndex(bytes, name, source);
}

/**
 * IMDB: 50,000 film reviews, labelled positive or negative, as word ids. The data of Keras, in Keras' order.
 */
import { checkSize, isOstinatoError, OstinatoError, unknownName } from '@ostinato/core';
import { checkBytes } from './check-arguments.js';
import { checkSha256, type DataSource } from './data-source.js';
import { FETCH_FIELDS, type FetchOptions, IMDB_NPZ, obtainFile } from './imdb-files.js';
import { readImdbNpz } from './imdb-npz.js';
import { type Imdb, type ImdbSequences, PAD_FIELDS, padCorpus } from './imdb-result.js';
import { nodePlatform } from './node-platform.js';
import type { PadOptions } from './pad-sequences.js';
import { readLocalFile } from './read-file.js';
import { checkEncodingFields } from './review-encoding.js';
import { generateSample } from './sample-corpus.js';
import { type RawCorpus, type SelectedCorpus, type SelectOptions, selectReviews } from './select-reviews.js';
import { fingerprint } from './sha256.js';

export interface ImdbSequencesOptions extends SelectOptions, FetchOptions {
  /** A file in the form of Keras' `imdb.npz`. Default: the environment variable `OSTINATO_IMDB`, else the download. */
  readonly path?: string | URL;
  /** The content of such a file, where there are no paths. */
  readonly bytes?: Uint8Array;
  /** What the SHA-256 of the file must be. Default: any for a file that is named; a download must be Keras' in any case. */
  readonly sha256?: string;
  /** When the download fails: the generated sample corpus, which is not IMDB and says so, or the error. Default 'sample'. */
  readonly fallback?: 'sample' | 'error';
}

export interface ImdbOptions extends ImdbSequencesOptions, PadOptions {}

const SELECT_FIELDS = ['keepShorterThan', 'seed', 'path', 'bytes', 'sha256', 'fallback'] as const;

/**
 * Loads IMDB, ready to train on: every review brought to `maxLen` ids, as Keras' `load_data` and `pad_sequences` do it.
 *
 * Looks for a named file, else the checked copy of an earlier download, else downloads it, else makes the sample corpus;
 * `source` says which, and is to be shown with any result.
 *
 * Shapes   x i32[25000, maxLen] · y f32[25000], 1 positive, 0 negative · indices i32[25000], rows of the file; the same
 *          for train and test
 * Memory   both splits' x (100 MB for maxLen 500); while loading about 200 MB more
 * Throws   `file-not-found` · `file-unreadable` · `checksum-mismatch` · `imdb-form`, `zip-…`, `npy-…`, `pickle-…` for
 *          what is no such file · `download-failed` with fallback 'error' · `aborted` · `config-…` for options
 * Source   Maas et al. 2011, "Learning Word Vectors for Sentiment Analysis", ACL, pp. 142–150; keras.datasets.imdb
 * Differs  Keras' `maxlen` drops reviews: that is `keepShorterThan` here, and `maxLen` pads and cuts. As in Keras, without
 *          `numWords` the largest id becomes `oovChar`
 *
 * @example
 * const { train, test, source } = await loadImdb({ numWords: 10_000, maxLen: 500 });
 */
export async function loadImdb(options: ImdbOptions = {}): Promise<Imdb> {
  checkEncodingFields(options, [...SELECT_FIELDS, ...FETCH_FIELDS, ...PAD_FIELDS], 'loadImdb');
  if (options.maxLen !== undefined) checkSize('loadImdb', 'maxLen', options.maxLen);
  const { selected, source } = await load(options, 'loadImdb');
  return { ...padCorpus(selected, options), source };
}

/**
 * The same with reviews of their own lengths, one after the other in one flat array; see `rowAt` and `padSequences`.
 *
 * Shapes   x.data i32[all ids] · x.offsets i32[25001]
 * Memory   four bytes an id: 47 MB for all of IMDB
 *
 * @example
 * const { train } = await loadImdbSequences({ numWords: 10_000, keepShorterThan: 200 });
 * rowAt(train.x, 0); // Int32Array [1, 14, 22, …]
 */
export async function loadImdbSequences(options: ImdbSequencesOptions = {}): Promise<ImdbSequences> {
  checkEncodingFields(options, [...SELECT_FIELDS, ...FETCH_FIELDS], 'loadImdbSequences');
  const { selected, source } = await load(options, 'loadImdbSequences');
  return { ...selected, source };
}

async function load(
  options: ImdbSequencesOptions,
  where: string,
): Promise<{ selected: SelectedCorpus; source: DataSource }> {
  if (options.keepShorterThan !== undefined) checkSize(where, 'keepShorterThan', options.keepShorterThan);
  checkFallback(where, options.fallback ?? 'sample');
  const { corpus, source } = await findCorpus(options, where);
  return { selected: selectReviews(corpus, options, where), source };
}

async function findCorpus(
  options: ImdbSequencesOptions,
  where: string,
): Promise<{ corpus: RawCorpus; source: DataSource }> {
  const named = await namedFile(options, where);
  if (named)
    return { corpus: readImdbNpz(named.bytes, named.source.path ?? named.source.name), source: named.source };
  if (options.sha256 !== undefined && options.sha256.toLowerCase() !== IMDB_NPZ.sha256)
    throw otherFile(where, options.sha256);
  try {
    const { bytes, source } = await obtainFile(IMDB_NPZ, options, where);
    return { corpus: readImdbNpz(bytes, IMDB_NPZ.name), source };
  } catch (error) {
    if (options.fallback === 'error' || !isOstinatoError(error, 'download-failed')) throw error;
    const { corpus, source } = generateSample({});
    return { corpus, source: { ...source, note: `${source.note} Used because ${error.message}` } };
  }
}

/** The file that the options or the environment name, if any. */
async function namedFile(
  options: ImdbSequencesOptions,
  where: string,
): Promise<{ bytes: Uint8Array; source: DataSource } | undefined> {
  const path = options.path ?? (nodePlatform()?.env.OSTINATO_IMDB || undefined);
  if (options.bytes !== undefined) checkBytes(where, options.bytes);
  if (options.bytes === undefined && path === undefined) return undefined;
  const file = options.bytes ? { bytes: options.bytes } : await readLocalFile(path!, where);
  const sha256 = await fingerprint(file.bytes);
  const place = 'path' in file ? file.path : undefined;
  if (options.sha256 !== undefined) checkSha256(place ?? where, options.sha256, sha256);
  const note =
    sha256 === IMDB_NPZ.sha256 ? undefined : 'Not the file that Keras publishes (another SHA-256).';
  const name = place?.split(/[/\\]/).at(-1) ?? 'bytes';
  return {
    bytes: file.bytes,
    source: { kind: 'file', name, sha256, ...(place ? { path: place } : {}), ...(note ? { note } : {}) },
  };
}

function checkFallback(where: string, name: string): void {
  const known = ['sample', 'error'];
  if (!known.includes(name)) throw unknownName('config-fallback', { where, kind: '`fallback`', name, known });
}

function otherFile(where: string, received: string): OstinatoError {
  return new OstinatoError('checksum-mismatch', {
    where,
    what: `Only the file that Keras publishes can be fetched, and \`sha256\` is that of another`,
    expected: IMDB_NPZ.sha256,
    received,
    fix: 'Name the file itself with `path`, or leave `sha256` out',
  });
}

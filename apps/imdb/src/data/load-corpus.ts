/** The reviews and their words, from wherever the options say, with everything that must be said about them. */
import { isOstinatoError } from '@ostinato/core';
import {
  type DataSource,
  type DownloadProgress,
  getWordIndex,
  type Imdb,
  loadImdb,
  sampleCorpus,
  type WordIndex,
} from '@ostinato/datasets';
import type { DataOptions } from '../arguments/requests.js';

export interface CorpusOptions extends DataOptions {
  readonly numWords: number;
  readonly maxLen: number;
  readonly signal: AbortSignal;
  readonly onDownload: (progress: DownloadProgress) => void;
}

export interface Corpus extends Imdb {
  /** Absent when the vocabulary could not be had; `wordsMissing` says why. */
  readonly words?: WordIndex;
  readonly wordsMissing?: string;
}

/**
 * Loads IMDB or, where there is none and none was asked for, the built-in sample.
 *
 * Throws   what `loadImdb` throws; `word-index-…` and `file-…` for a named word index that is none
 */
export async function loadCorpus(options: CorpusOptions): Promise<Corpus> {
  const { data, sha256, numWords, maxLen } = options;
  const imdb = await loadImdb({
    ...network(options),
    numWords,
    maxLen,
    ...(data === undefined ? {} : { path: data }),
    // Who names a checksum wants that file and no other.
    ...(sha256 === undefined ? {} : { sha256, fallback: 'error' }),
  });
  return { ...imdb, ...(await findWords(imdb.source, options)) };
}

/** The sample corpus that an earlier run was trained on. */
export function loadSample(
  sample: NonNullable<DataSource['sample']>,
  { numWords, maxLen }: Pick<CorpusOptions, 'numWords' | 'maxLen'>,
): Corpus {
  const { wordIndex, ...corpus } = sampleCorpus({ ...sample, numWords, maxLen });
  return { ...corpus, words: wordIndex };
}

/** A report without texts is better than no training: only a file that was named must be there and be right. */
async function findWords(
  source: DataSource,
  options: CorpusOptions,
): Promise<Pick<Corpus, 'words' | 'wordsMissing'>> {
  const { wordIndex: path } = options;
  if (path !== undefined) return { words: await getWordIndex({ path }) };
  try {
    return { words: await getWordIndex({ ...network(options), source }) };
  } catch (error) {
    if (!isOstinatoError(error) || error.code === 'aborted') throw error;
    return { wordsMissing: error.message };
  }
}

function network({ offline, signal, onDownload }: CorpusOptions) {
  return { signal, onProgress: onDownload, ...(offline ? { fetch: refuse } : {}) };
}

async function refuse(): Promise<never> {
  throw new Error('the network is not to be used (--offline)');
}

/** Whether figures on these reviews must not be taken for figures on IMDB. */
export function isSample(source: DataSource): boolean {
  return source.kind === 'sample';
}

/** The reviews and their words, from wherever the options say. */
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
import { throwIfInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';
import { downloadDisplay } from './download-bar.js';

export interface LoadOptions extends DataOptions {
  readonly signal: AbortSignal;
  readonly onDownload: (progress: DownloadProgress) => void;
}

/** How reviews become ids. */
export interface Sizes {
  readonly numWords: number;
  readonly maxLen: number;
}

/** Reviews with their vocabulary. */
export interface Corpus extends Imdb {
  /** Absent when the vocabulary could not be had; `wordsMissing` says why. */
  readonly words?: WordIndex;
  readonly wordsMissing?: string;
}

/**
 * Loads IMDB or, where there is none and none was asked for, the built-in sample.
 *
 * Throws   what `loadImdb` throws
 */
export async function loadReviews(options: LoadOptions & Sizes): Promise<Imdb> {
  const { data, sha256, numWords, maxLen } = options;
  return loadImdb({
    ...network(options),
    numWords,
    maxLen,
    ...(data === undefined ? {} : { path: data }),
    // Who names a checksum wants that file and no other.
    ...(sha256 === undefined ? {} : { sha256, fallback: 'error' }),
  });
}

/**
 * Reviews with their words, for a training. Shows how a download goes.
 *
 * Throws   what `loadReviews` and `loadWords` throw · `Interrupted`
 */
export async function loadCorpus(
  options: DataOptions & Sizes & { readonly wordIndex?: string | undefined },
  output: Output,
  signal: AbortSignal,
): Promise<Corpus> {
  const download = downloadDisplay(output);
  const how = { ...options, signal, onDownload: download.show };
  output.say('Loading the reviews …');
  try {
    const reviews = await loadReviews(how);
    await throwIfInterrupted(signal);
    const words = await loadWords(reviews.source, how);
    await throwIfInterrupted(signal);
    return { ...reviews, ...words };
  } finally {
    download.stop();
  }
}

/** The sample corpus that an earlier run was trained on. */
export function loadSample(sample: NonNullable<DataSource['sample']>, { numWords, maxLen }: Sizes): Imdb {
  return sampleCorpus({ ...sample, numWords, maxLen });
}

/**
 * The words of reviews. A report without texts is better than no training: only a file that was named must be there
 * and be right.
 *
 * Throws   `file-…`, `word-index-form` for a named file · `aborted`
 */
export async function loadWords(
  source: DataSource,
  options: LoadOptions & { readonly wordIndex?: string | undefined },
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

function network({ offline, signal, onDownload }: LoadOptions) {
  return { signal, onProgress: onDownload, ...(offline ? { fetch: refuse } : {}) };
}

async function refuse(): Promise<never> {
  throw new Error('the network is not to be used (--offline)');
}

/** Whether figures on these reviews must not be taken for figures on IMDB. */
export function isSample(source: DataSource): boolean {
  return source.kind === 'sample';
}

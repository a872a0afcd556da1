/**
 * Where data came from, in a form that reports and programs can show.
 */
import { OstinatoError } from '@ostinato/core';

export interface DataSource {
  /** A file that was named, the checked copy of an earlier download, a fresh download, or the generated sample. */
  readonly kind: 'file' | 'cache' | 'download' | 'sample';
  /** 'imdb.npz', or a name that says that this is not IMDB. */
  readonly name: string;
  /** Of the file's bytes; for the sample, of its ids and labels. */
  readonly sha256: string;
  readonly path?: string;
  /** What a reader of the result must know: a fallback and its reason, an unknown checksum, a cache that could not be written. */
  readonly note?: string;
  /** With kind 'sample': what it was generated from. */
  readonly sample?: { readonly seed: number; readonly reviews: number };
}

/** A file that the data sets come from: where it is and how to know it. */
export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Throws `checksum-mismatch` unless the two are the same, whatever their case. */
export function checkSha256(where: string, expected: string, received: string): void {
  if (expected.toLowerCase() === received) return;
  throw new OstinatoError('checksum-mismatch', {
    where,
    what: 'The file is not the expected one: its SHA-256 differs',
    expected,
    received,
    fix: 'Fetch the file again, or leave `sha256` out if you trust this one',
  });
}

/** What is said about the data: where it came from, and loudly when it is not IMDB. */
import type { DataSource } from '@ostinato/datasets';
import { showPath } from '../files/show-path.js';

const RULE = '='.repeat(80);

/** What stands in front of every figure that was measured on the sample. */
export const NOT_IMDB = 'This is not IMDB';

/** `imdb.npz (file data/imdb.npz)` */
export function describeSource({ name, kind, path }: DataSource): string {
  if (kind === 'sample') return name; // it says of itself that it is generated
  const origins = { file: 'file', cache: 'cached download', download: 'downloaded to' };
  return path === undefined ? `${name} (${origins[kind]})` : `${name} (${origins[kind]} ${showPath(path)})`;
}

/** The notice at the start: impossible to overlook. */
export function sampleNotice(source: DataSource): string[] {
  return [
    RULE,
    NOT_IMDB.toUpperCase(),
    `${NOT_IMDB}: the built-in sample corpus stands in for it.`,
    ...(source.note ? [source.note] : []),
    'For IMDB, name a file (--data imdb.npz, or OSTINATO_IMDB), or let the program download it.',
    RULE,
  ];
}

/** The notice beside a result. */
export const sampleResultNotice = `${NOT_IMDB}: the figures are those of the built-in sample corpus and say nothing about real reviews.`;

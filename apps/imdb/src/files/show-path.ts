import { isAbsolute, relative } from 'node:path';

/** A path as one would type it: relative when it lies below the working folder. */
export function showPath(path: string): string {
  const below = relative('', path);
  if (below === '') return '.';
  return below.startsWith('..') || isAbsolute(below) ? path : below;
}

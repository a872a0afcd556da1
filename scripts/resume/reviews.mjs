// A few reviews as a file for the program: of the real ones, or generated.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from '../workspace/layout.mjs';
import { imdbFile } from './imdb-file.mjs';

/** Ids below are marks: padding, start, unknown. */
const FIRST_WORD = 4;
const INDEX_FROM = 3;

/**
 * `count` reviews to train on and as many to test on, as the bytes of an imdb.npz.
 *
 * @param {string | undefined} path  an imdb.npz to take them from, else they are generated
 * @param {number} count
 */
export async function someReviews(path, count) {
  const require = createRequire(join(root, 'apps/imdb/package.json'));
  /** @type {typeof import('@ostinato/datasets')} */
  const { loadImdb, sampleCorpus } = await import(require.resolve('@ostinato/datasets'));
  const sizes = { numWords: 10_000, maxLen: 120 };
  const { train, test } = path
    ? await loadImdb({ path, ...sizes })
    : sampleCorpus({ seed: 5, reviews: 2 * count, ...sizes });
  return imdbFile(ranksOf(train, count), ranksOf(test, count));
}

/**
 * @param {import('@ostinato/datasets').Imdb['train']} reviews  padded
 * @param {number} count
 */
function ranksOf({ x, y }, count) {
  const [, steps] = /** @type {[number, number]} */ (x.shape);
  const rows = Array.from({ length: Math.min(count, y.data.length) }, (_, row) => {
    const ids = Array.from(x.data.subarray(row * steps, (row + 1) * steps));
    return ids.filter((id) => id >= FIRST_WORD).map((id) => id - INDEX_FROM);
  });
  return { x: rows, y: Array.from(y.data.subarray(0, rows.length)) };
}

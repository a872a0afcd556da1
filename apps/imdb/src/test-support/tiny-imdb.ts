/** A tiny file in the form of imdb.npz, written by Keras' own tools: 23 + 17 reviews. */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const golden = new URL('../../../../packages/datasets/goldens/keras-imdb.json', import.meta.url);

export const tinyCounts = { train: 23, test: 17 };

/** The bytes of the file. */
export function tinyImdb(): Uint8Array {
  const { files } = JSON.parse(readFileSync(golden, 'utf8')) as { files: { python2: string } };
  return Buffer.from(files.python2, 'base64');
}

/** Puts `imdb.npz` into a folder and, for its texts, a word index of made-up words. Returns the path. */
export async function writeTinyImdb(folder: string): Promise<string> {
  const path = join(folder, 'imdb.npz');
  await writeFile(path, tinyImdb());
  const words = ['good', 'bad', ...Array.from({ length: 88 }, (_, i) => `word${i + 3}`)];
  const ranks = Object.fromEntries(words.map((word, i) => [word, i + 1]));
  await writeFile(join(folder, 'imdb_word_index.json'), JSON.stringify(ranks));
  return path;
}

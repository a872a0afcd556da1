/** A working folder of its own for a file of tests, with tiny data in it and no other data in reach. */
import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, vi } from 'vitest';
import { writeTinyImdb } from './tiny-imdb.js';

export interface TinyPlace {
  /** The folder. */
  readonly path: string;
  /** An imdb.npz in it. */
  readonly data: string;
  /** What a file in it holds. */
  json<T>(file: string): Promise<T>;
}

/** Options for a network as small as the data. */
export const smallNetwork = [
  ...['--offline', '--max-len', '8', '--num-words', '60'],
  ...['--units', '3', '--embedding', '4', '--epochs', '2'],
];

/** Makes the folder before the tests, in which the program then runs, and removes it after them. */
export function tinyPlace(): TinyPlace {
  const place = {
    path: '',
    data: '',
    json: async <T>(file: string) => JSON.parse(await readFile(join(place.path, file), 'utf8')) as T,
  };
  beforeAll(async () => {
    place.path = await realpath(await mkdtemp(join(tmpdir(), 'ostinato-imdb-')));
    place.data = await writeTinyImdb(place.path);
    vi.spyOn(process, 'cwd').mockReturnValue(place.path);
    vi.stubEnv('OSTINATO_CACHE', join(place.path, 'cache'));
    vi.stubEnv('OSTINATO_IMDB', '');
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await rm(place.path, { recursive: true });
  });
  return place;
}

import { readFileSync } from 'node:fs';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DataSource } from './data-source.js';
import { getWordIndex } from './get-word-index.js';
import { SAMPLE_NAME } from './sample-corpus.js';
import { NO_SHARED_DATA, sharedData } from './test-support/golden.js';
import { unreachable } from './test-support/serve.js';

let folder: string;
let offline: { cacheDir: string; baseUrl: string };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-'));
  offline = { cacheDir: join(folder, 'cache'), baseUrl: await unreachable() };
  vi.stubEnv('OSTINATO_IMDB', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const reviewsAt = (path: string): DataSource => ({ kind: 'file', name: 'imdb.npz', sha256: '', path });

it('takes the named file, or bytes', async () => {
  const path = join(folder, 'w.json');
  await writeFile(path, '{"the": 1}');
  expect(await getWordIndex({ path })).toMatchObject({ words: ['', 'the'], source: { kind: 'file', path } });
  expect((await getWordIndex({ bytes: new TextEncoder().encode('{"a": 1}') })).ranks.get('a')).toBe(1);
  await expect(getWordIndex({ path: join(folder, 'none.json') })).rejects.toThrow(/\(file-not-found\)/);
});

it('takes the file beside the reviews, named by their source or by the environment', async () => {
  await writeFile(join(folder, 'imdb_word_index.json'), '{"beside": 1}');
  const beside = join(folder, 'imdb.npz');
  expect((await getWordIndex({ source: reviewsAt(beside), ...offline })).words).toEqual(['', 'beside']);
  vi.stubEnv('OSTINATO_IMDB', beside);
  expect((await getWordIndex(offline)).words).toEqual(['', 'beside']);
});

it('belongs to the reviews: the sample has its own', async () => {
  const sample = { seed: 3, reviews: 40 };
  const source: DataSource = { kind: 'sample', name: SAMPLE_NAME, sha256: '', sample };
  const index = await getWordIndex({ source, ...offline });
  expect(index.source).toMatchObject({ kind: 'sample', sample });
  expect(index.ranks.get('the')).toBe(1);
});

describe('without a network', () => {
  it('real reviews without their words are an error, not other words', async () => {
    await expect(getWordIndex({ source: reviewsAt(join(folder, 'imdb.npz')), ...offline })).rejects.toThrow(
      /imdb_word_index\.json could not be downloaded.*\(download-failed\)/,
    );
    vi.stubEnv('OSTINATO_IMDB', join(folder, 'imdb.npz'));
    await expect(getWordIndex(offline)).rejects.toThrow(/\(download-failed\)/);
  });

  it('without any reviews: the sample’s words, as loadImdb would take the sample', async () => {
    expect((await getWordIndex(offline)).source).toMatchObject({ kind: 'sample', name: SAMPLE_NAME });
  });
});

const real = sharedData('imdb_word_index.json');
describe.skipIf(!real)(`Keras’ own file (${real ? 'present' : NO_SHARED_DATA})`, () => {
  it('is downloaded, checked, kept, and found again', async () => {
    const fetch = vi.fn(async () => new Response(readFileSync(real!)));
    const first = await getWordIndex({ ...offline, fetch });
    expect(first.words.length).toBe(88_585);
    expect(first.words.slice(1, 4)).toEqual(['the', 'and', 'a']);
    expect(first.source?.kind).toBe('download');
    const second = await getWordIndex({ ...offline, fetch });
    expect(second.source).toMatchObject({
      kind: 'cache',
      path: join(offline.cacheDir, 'imdb_word_index.json'),
    });
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(second.ranks.get('movie')).toBe(first.ranks.get('movie'));
  });

  it('with reviews in the cache and no words there, the sample is no way out', async () => {
    await getWordIndex({ ...offline, fetch: async () => new Response(readFileSync(real!)) });
    await copyFile(real!, join(offline.cacheDir, 'imdb.npz'));
    await rm(join(offline.cacheDir, 'imdb_word_index.json'));
    await expect(getWordIndex(offline)).rejects.toThrow(/\(download-failed\)/);
  });
});

/** Both data sets pass the suite that data sets of plugins pass. */
import { testDataset } from '@ostinato/testing';
import { expect, it } from 'vitest';
import { loadImdb, loadImdbSequences } from './load-imdb.js';
import { sampleCorpus } from './sample-corpus.js';
import { fromBase64, readGolden } from './test-support/golden.js';

const bytes = fromBase64(readGolden<{ files: Record<string, string> }>('keras-imdb.json').files.savez!);
const form = { xDtype: 'int32', yDtype: 'float32', labels: [0, 1], oneSource: false } as const;

it('loadImdb', async () => {
  const load = (seed: number) => loadImdb({ bytes, seed, numWords: 20, maxLen: 6 });
  const { skipped } = await testDataset(load, { ...form, sampleShape: [6], ids: { limit: 20 } });
  expect(skipped).toEqual([]);
});

it('loadImdbSequences', async () => {
  const load = (seed: number) => loadImdbSequences({ bytes, seed, numWords: 20 });
  expect((await testDataset(load, { ...form, ids: { limit: 20 } })).skipped).toEqual([]);
});

it('sampleCorpus', async () => {
  const load = async (seed: number) => sampleCorpus({ seed, reviews: 80, numWords: 200, maxLen: 50 });
  const { skipped } = await testDataset(load, { ...form, sampleShape: [50], ids: { limit: 200 } });
  expect(skipped).toEqual([]);
});

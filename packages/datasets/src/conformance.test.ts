/** All data sets pass the suite that data sets of plugins pass. */
import { testDataset } from '@ostinato/testing';
import { expect, it } from 'vitest';
import { addingProblem } from './adding-problem.js';
import { copyTask } from './copy-task.js';
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

const generated = [{ check: 'splits', reason: 'it tells no indices' }];

it('addingProblem', async () => {
  const load = async (seed: number) => addingProblem({ seed, steps: 7, train: 30, test: 20 });
  const facts = {
    sampleShape: [7, 2],
    xDtype: 'float32',
    yDtype: 'float32',
    labels: { low: 0, high: 2 },
  } as const;
  expect((await testDataset(load, facts)).skipped).toEqual([
    { check: 'ids', reason: 'the test says nothing of ids' },
    ...generated,
  ]);
});

it('copyTask', async () => {
  const load = async (seed: number) =>
    copyTask({ seed, steps: 6, train: 30, test: 20, length: 3, symbols: 5 });
  const facts = { sampleShape: [12], xDtype: 'int32', yDtype: 'int32', ids: { limit: 7 } } as const;
  const labels = [0, 1, 2, 3, 4, 5];
  expect((await testDataset(load, { ...facts, labels })).skipped).toEqual(generated);
});

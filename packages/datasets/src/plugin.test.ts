import { expect, it } from 'vitest';
import { datasets } from './plugin.js';
import { fromBase64, readGolden } from './test-support/golden.js';

it('brings its data sets under their names', async () => {
  const [imdb, sample, adding, copy] = datasets.datasets;
  expect(datasets.datasets.map(({ name }) => name)).toEqual([
    '@ostinato/datasets>imdb',
    '@ostinato/datasets>sampleCorpus',
    '@ostinato/datasets>addingProblem',
    '@ostinato/datasets>copyTask',
  ]);
  const { files } = readGolden<{ files: Record<string, string> }>('keras-imdb.json');
  const loaded = await imdb.load({ bytes: fromBase64(files.savez!), maxLen: 3 });
  expect(loaded.train.x.shape).toEqual([23, 3]);
  expect((await sample.load({ reviews: 8, maxLen: 4 })).test.x.shape).toEqual([4, 4]);
  const rows = { steps: 5, train: 3, test: 2 };
  expect((await adding.load(rows)).train.x.shape).toEqual([3, 5, 2]);
  expect((await copy.load({ ...rows, length: 4 })).test.y.shape).toEqual([2, 13]);
});

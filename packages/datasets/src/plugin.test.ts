import { expect, it } from 'vitest';
import { datasets } from './plugin.js';
import { fromBase64, readGolden } from './test-support/golden.js';

it('brings its data sets under their names', async () => {
  const [imdb, sample] = datasets.datasets;
  expect(datasets.datasets.map(({ name }) => name)).toEqual([
    '@ostinato/datasets>imdb',
    '@ostinato/datasets>sampleCorpus',
  ]);
  const { files } = readGolden<{ files: Record<string, string> }>('keras-imdb.json');
  const loaded = await imdb.load({ bytes: fromBase64(files.savez!), maxLen: 3 });
  expect(loaded.train.x.shape).toEqual([23, 3]);
  expect((await sample.load({ reviews: 8, maxLen: 4 })).test.x.shape).toEqual([4, 4]);
});

/**
 * This package as a plugin: its data sets by name, for registries.
 */
import { definePlugin } from '@ostinato/core';
import { loadImdb } from './load-imdb.js';
import { type SampleCorpusOptions, sampleCorpus } from './sample-corpus.js';

/**
 * The data sets `@ostinato/datasets>imdb` and `@ostinato/datasets>sampleCorpus`.
 *
 * @example
 * const registry = createRegistry([layers, datasets]);
 */
export const datasets = /* @__PURE__ */ definePlugin({
  name: '@ostinato/datasets',
  version: '0.0.0',
  datasets: [
    { name: '@ostinato/datasets>imdb', load: loadImdb },
    {
      name: '@ostinato/datasets>sampleCorpus',
      load: async (options: SampleCorpusOptions) => sampleCorpus(options),
    },
  ],
});

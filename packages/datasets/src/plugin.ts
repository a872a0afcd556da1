/**
 * This package as a plugin: its data sets by name, for registries.
 */
import { definePlugin } from '@ostinato/core';
import { addingProblem } from './adding-problem.js';
import { type CopyTaskOptions, copyTask } from './copy-task.js';
import { loadImdb } from './load-imdb.js';
import type { LongMemoryOptions } from './long-memory-task.js';
import { type SampleCorpusOptions, sampleCorpus } from './sample-corpus.js';

/**
 * The data sets `@ostinato/datasets>imdb`, `…>sampleCorpus`, `…>addingProblem` and `…>copyTask`.
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
    {
      name: '@ostinato/datasets>addingProblem',
      load: async (options: LongMemoryOptions) => addingProblem(options),
    },
    { name: '@ostinato/datasets>copyTask', load: async (options: CopyTaskOptions) => copyTask(options) },
  ],
});

/** What `train` says before it begins. */

import type { TrainOptions } from '../arguments/requests.js';
import { type Corpus, isSample } from '../data/load-corpus.js';
import { describeSource, sampleNotice } from '../data/source-lines.js';
import { describeBackend, describeThreads } from '../engine.js';
import { showPath } from '../files/show-path.js';
import { showDuration } from '../progress/duration.js';
import type { Work } from '../progress/time-estimate.js';
import { summarizeKernels } from '../recipe.js';
import { batching } from '../review-feed.js';
import { showCount } from '../show-count.js';
import type { Run } from './run.js';

/** The work that lies ahead, in reviews and batches. */
export interface Plan extends Work {
  readonly trainReviews: number;
  readonly validationReviews: number;
}

/** From how many steps on the reference loop takes so long that it is said beforehand. */
const MANY_STEPS = 100;

/** As `fit` splits: the last part, counted as Keras counts. */
export function planOf({ epochs, batchSize, validationSplit }: TrainOptions, { train }: Corpus): Plan {
  const reviews = train.y.data.length;
  const trainReviews = validationSplit > 0 ? Math.floor(reviews * (1 - validationSplit)) : reviews;
  const validationReviews = reviews - trainReviews;
  return {
    epochs,
    trainReviews,
    validationReviews,
    batches: Math.ceil(trainReviews / batchSize),
    validationBatches: Math.ceil(validationReviews / batchSize),
  };
}

export function announce(run: Run): void {
  const { output, corpus, engine, folder, watch, model } = run;
  const kernels = summarizeKernels(model.kernels);
  if (isSample(corpus.source)) for (const line of sampleNotice(corpus.source)) output.result(line);
  output.say(whatWillHappen(run));
  output.say();
  output.say(`Data     ${describeSource(corpus.source)}, loaded in ${showDuration(watch.seconds('load'))}`);
  output.say(`         SHA-256 ${corpus.source.sha256}`);
  if (corpus.source.note && !isSample(corpus.source)) output.say(`         ${corpus.source.note}`);
  if (corpus.wordsMissing) output.say(`         The report will have no texts: ${corpus.wordsMissing}`);
  output.say(`Backend  ${describeBackend(engine.backend)}`);
  output.say(`Threads  ${describeThreads(engine.threads())}`);
  output.say(`Kernels  ${kernels.kernels}: ${kernels.reason}`);
  if (run.options.bucket) output.say(`Batches  ${batching(true)}`);
  output.say(`Results  ${showPath(folder.path)}`);
  output.say();
  model.summary({ print: output.say });
  output.say();
  output.say(howLong(run, kernels.kernels));
}

function whatWillHappen({ options, plan, corpus }: Run): string {
  const epochs = plan.epochs === 1 ? 'one epoch' : `${plan.epochs} epochs`;
  const validation =
    plan.validationReviews > 0 ? `, each checked on ${showCount(plan.validationReviews)} others` : '';
  return (
    `Training ${options.model} with seed ${options.seed}: ${epochs} of ${showCount(plan.trainReviews)} reviews` +
    `${validation}, then a test on ${showCount(corpus.test.y.data.length)} reviews.`
  );
}

function howLong({ options, plan }: Run, kernels: 'fused' | 'reference'): string {
  const batches = `${showCount(plan.epochs * plan.batches)} batches of ${options.batchSize}`;
  if (kernels === 'fused' || options.maxLen < MANY_STEPS) {
    return `${batches}; how long they take is said after the first ones.`;
  }
  return (
    `${batches}, step by step without a fused kernel: expect seconds for each batch of ${options.maxLen} words. ` +
    'A forecast follows after the first ones; a smaller --max-len is quicker in proportion.'
  );
}

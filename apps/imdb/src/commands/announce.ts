/** What `train` says before it begins. */

import { OstinatoError } from '@ostinato/core';
import { showDuration } from '@ostinato/training';
import type { TrainingOptions } from '../arguments/requests.js';
import { type Corpus, isSample } from '../data/load-corpus.js';
import { describeSource, sampleNotice } from '../data/source-lines.js';
import { describeBackend, describeThreads } from '../engine.js';
import { showPath } from '../files/show-path.js';
import type { Work } from '../progress/work.js';
import { summarizeKernels } from '../recipe.js';
import { batching } from '../review-feed.js';
import { countOf, showCount } from '../show-count.js';
import type { Run } from './run.js';

/** The work that lies ahead, in reviews and batches. */
export interface Plan extends Work {
  readonly trainReviews: number;
  readonly validationReviews: number;
}

/** What `train` and `compare` announce alike. */
type Announced = Pick<Run, 'output' | 'corpus' | 'watch' | 'engine'> & { readonly options: TrainingOptions };

/** From how many steps on the reference loop takes so long that it is said beforehand. */
const MANY_STEPS = 100;

/** As `fit` splits: the last part, counted as Keras counts. Throws `validation-split` when a part is empty. */
export function planOf({ epochs, batchSize, validationSplit }: TrainingOptions, { train }: Corpus): Plan {
  const reviews = train.y.data.length;
  const trainReviews = validationSplit > 0 ? Math.floor(reviews * (1 - validationSplit)) : reviews;
  const validationReviews = reviews - trainReviews;
  if (trainReviews === 0 || (validationSplit > 0 && validationReviews === 0)) {
    throw new OstinatoError('validation-split', {
      where: 'ostinato-imdb',
      what: `--validation-split ${validationSplit} of ${countOf(reviews, 'review')} leaves none to ${trainReviews === 0 ? 'train on' : 'validate on'}`,
      fix: 'Choose another part, or 0 to validate on none',
    });
  }
  return {
    epochs,
    trainReviews,
    validationReviews,
    batches: Math.ceil(trainReviews / batchSize),
    validationBatches: Math.ceil(validationReviews / batchSize),
  };
}

export function announce(run: Run): void {
  const { output, folder, model } = run;
  const kernels = summarizeKernels(model.kernels);
  sayData(run, () => output.say(whatWillHappen(run)));
  sayEngine(run);
  output.say(`Kernels  ${kernels.kernels}: ${kernels.reason}`);
  output.say(`Results  ${showPath(folder.path)}`);
  output.say();
  model.summary({ print: output.say });
  output.say();
  output.say(howLong(run, kernels.kernels));
}

/** Where the reviews come from, below the sentence that `sayPlan` says; loudly when they are not IMDB. */
export function sayData({ output, corpus, watch }: Announced, sayPlan: () => void): void {
  const { source, wordsMissing } = corpus;
  if (isSample(source)) for (const line of sampleNotice(source)) output.result(line);
  sayPlan();
  output.say();
  output.say(`Data     ${describeSource(source)}, loaded in ${showDuration(watch.seconds('load'))}`);
  output.say(`         SHA-256 ${source.sha256}`);
  if (source.note && !isSample(source)) output.say(`         ${source.note}`);
  if (wordsMissing) output.say(`         The report will have no texts: ${wordsMissing}`);
}

/** What computes, and how reviews are put together. */
export function sayEngine({ output, engine, options }: Announced): void {
  output.say(`Backend  ${describeBackend(engine.backend)}`);
  output.say(`Threads  ${describeThreads(engine.threads())}`);
  if (options.bucket) output.say(`Batches  ${batching(true)}`);
}

function whatWillHappen({ options, plan, corpus }: Run): string {
  return (
    `Training ${options.model} with seed ${options.seed}: ${epochsInWords(plan)}, ` +
    `then a test on ${showCount(corpus.test.y.data.length)} reviews.`
  );
}

/** `10 epochs of 20,000 reviews, each checked on 5,000 others` */
export function epochsInWords({ epochs, trainReviews, validationReviews }: Plan): string {
  const validation = validationReviews > 0 ? `, each checked on ${showCount(validationReviews)} others` : '';
  return `${epochs === 1 ? 'one epoch' : `${epochs} epochs`} of ${showCount(trainReviews)} reviews${validation}`;
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

/** One training with its test: what `train` does once, and `compare` for each network. */
import { isOstinatoError } from '@ostinato/core';
import type { ProgressBar, Sequential } from '@ostinato/training';
import type { TrainOptions } from '../arguments/requests.js';
import type { Corpus } from '../data/load-corpus.js';
import type { Engine } from '../engine.js';
import type { RunFolder } from '../files/run-folder.js';
import { Interrupted } from '../interrupt.js';
import type { Output } from '../output.js';
import { fitReviews, JUDGED_TOGETHER, judgeReviews, type TestResult } from '../review-feed.js';
import type { RunFigures } from '../run-figures.js';
import { countOf } from '../show-count.js';
import type { Stopwatch } from '../stopwatch.js';
import type { Plan } from './announce.js';
import { keepModel, keepResults } from './keep-run.js';
import type { RunSafety } from './run-safety.js';

/** How training ended. */
export type Ending =
  | { readonly kind: 'finished' }
  | { readonly kind: 'interrupted' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Everything a run is made of. */
export interface Run {
  readonly options: TrainOptions;
  readonly output: Output;
  readonly folder: RunFolder;
  readonly watch: Stopwatch;
  readonly engine: Engine;
  readonly corpus: Corpus;
  readonly model: Sequential;
  readonly plan: Plan;
  /** Absent in comparisons. */
  readonly safety?: RunSafety;
}

/** What came of a run. */
export interface RunOutcome {
  readonly ending: Ending;
  readonly figures: RunFigures;
}

/**
 * Trains, tests, and keeps model, figures and report.
 *
 * Throws   what makes a training impossible in its first epoch, except a lost loss; what writing throws
 */
export async function performRun(run: Run, progress: ProgressBar, signal: AbortSignal): Promise<RunOutcome> {
  const trained = await fit(run, progress, signal);
  await keepModel(run);
  const result = trained.kind === 'finished' ? await test(run, signal) : undefined;
  const ending = result ? trained : withoutTest(trained);
  return { ending, figures: await keepResults(run, ending, result) };
}

/** A training without its test was interrupted during the test. */
function withoutTest(ending: Ending): Ending {
  return ending.kind === 'finished' ? { kind: 'interrupted' } : ending;
}

/** Errors after the first epoch, and a lost loss at any time, end the training; what was learned is kept. */
async function fit(run: Run, progress: ProgressBar, signal: AbortSignal): Promise<Ending> {
  const { options, corpus, model, watch } = run;
  try {
    const callbacks = run.safety ? [progress, ...run.safety.callbacks] : [progress];
    const history = await watch.time('train', () =>
      fitReviews(model, corpus.train, { ...options, callbacks, signal }),
    );
    return { kind: history.stopped ? 'interrupted' : 'finished' };
  } catch (error) {
    progress.stop();
    if (!isOstinatoError(error, 'loss-nan') && model.history.epochs.length === 0) throw error;
    return { kind: 'failed', error };
  }
}

/** Timed as 'evaluate'. Undefined when it is interrupted. */
async function test(run: Run, signal: AbortSignal): Promise<TestResult | undefined> {
  const { model, corpus, options, watch, output } = run;
  output.say(`Testing on ${countOf(corpus.test.y.data.length, 'review')} …`);
  try {
    const batchSize = Math.max(options.batchSize, JUDGED_TOGETHER);
    const how = { bucket: options.bucket, batchSize, signal };
    return await watch.time('evaluate', () => judgeReviews(model, corpus.test, how));
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

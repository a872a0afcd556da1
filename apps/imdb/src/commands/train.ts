/** `train`: learns, tests, and keeps everything in a run folder. */
import { isOstinatoError } from '@ostinato/core';
import type { Sequential } from '@ostinato/training';
import type { TrainOptions } from '../arguments/requests.js';
import { downloadDisplay } from '../data/download-bar.js';
import { type Corpus, isSample, loadReviews, loadWords } from '../data/load-corpus.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { describeError } from '../describe-error.js';
import { type Engine, startEngine } from '../engine.js';
import { claimRunFolder, type RunFolder } from '../files/run-folder.js';
import { checkWritable } from '../files/write-atomically.js';
import { type Interrupt, Interrupted, listenForInterrupt, throwIfInterrupted } from '../interrupt.js';
import type { Output } from '../output.js';
import { type TrainingProgress, trainingProgress } from '../progress/training-progress.js';
import { createModel } from '../recipe.js';
import { countOf } from '../show-count.js';
import { Stopwatch } from '../stopwatch.js';
import { judgeTestReviews, type TestResult } from '../test-model.js';
import { announce, type Plan, planOf } from './announce.js';
import { keepModel, keepResults } from './keep-run.js';

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
}

/**
 * Trains and tests. Returns the exit code: 0, or 1 when the loss was lost, or 130 when it was interrupted.
 *
 * Throws   what makes a training impossible, before it begins; nothing is left behind then
 */
export async function train(options: TrainOptions, output: Output): Promise<number> {
  const folder = await claimRunFolder(options.out, `imdb-${options.model}-seed${options.seed}`);
  let progress: TrainingProgress | undefined;
  const interrupt = listenForInterrupt(() => {
    progress?.stop();
    output.warn(
      `\n${progress ? 'Finishing this batch, then saving' : 'Stopping'}. Ctrl-C again ends at once.`,
    );
  });
  try {
    if (options.json !== undefined) await checkWritable(options.json);
    const run = await prepare(options, output, folder, interrupt);
    progress = trainingProgress(output, run.plan);
    return await trainAndTest(run, progress, interrupt);
  } catch (error) {
    if (interrupt.exitCode === undefined || !isInterruption(error)) throw error;
    output.warn('Interrupted before training began: there is nothing to save.');
    return interrupt.exitCode;
  } finally {
    interrupt.dispose();
    await folder.removeIfEmpty();
  }
}

function isInterruption(error: unknown): boolean {
  return error instanceof Interrupted || isOstinatoError(error, 'aborted');
}

/** Everything up to the first batch. */
async function prepare(
  options: TrainOptions,
  output: Output,
  folder: RunFolder,
  { signal }: Interrupt,
): Promise<Run> {
  const watch = new Stopwatch();
  const engine = await startEngine(options, output);
  const corpus = await watch.time('load', () => loadCorpus(options, output, signal));
  await engine.registry.ready();
  const model = createModel(options, engine.registry);
  const run = { options, output, folder, watch, engine, corpus, model, plan: planOf(options, corpus) };
  announce(run);
  return run;
}

async function loadCorpus(options: TrainOptions, output: Output, signal: AbortSignal): Promise<Corpus> {
  const download = downloadDisplay(output);
  const how = { ...options, signal, onDownload: download.show };
  output.say('Loading the reviews …');
  try {
    const reviews = await loadReviews(how);
    await throwIfInterrupted(signal);
    const words = await loadWords(reviews.source, how);
    await throwIfInterrupted(signal);
    return { ...reviews, ...words };
  } finally {
    download.stop();
  }
}

async function trainAndTest(run: Run, progress: TrainingProgress, interrupt: Interrupt): Promise<number> {
  const { output, options, corpus } = run;
  const ending = await fit(run, progress, interrupt.signal);
  await keepModel(run);
  const result = ending.kind === 'finished' ? await test(run, interrupt.signal) : undefined;
  await keepResults(run, result ? ending : withoutTest(ending), result);
  if (isSample(corpus.source)) output.result(sampleResultNotice);
  if (result) {
    output.say(`Test Loss: ${result.figures.loss.toFixed(4)}`);
    output.result(`Test Accuracy: ${result.figures.accuracy.toFixed(4)}`);
    return 0;
  }
  if (ending.kind === 'failed') {
    output.warn(describeError(ending.error, options.verbose));
    return 1;
  }
  const done = run.model.history.epochs.length;
  output.warn(
    `Interrupted after ${done} of ${options.epochs} epochs, without a test; what was learned is saved.`,
  );
  return interrupt.exitCode ?? 1;
}

/** A training without its test was interrupted during the test. */
function withoutTest(ending: Ending): Ending {
  return ending.kind === 'finished' ? { kind: 'interrupted' } : ending;
}

/** Errors after the first epoch, and a lost loss at any time, end the training; what was learned is kept. */
async function fit(run: Run, progress: TrainingProgress, signal: AbortSignal): Promise<Ending> {
  const { options, corpus, model, watch } = run;
  const { epochs, batchSize, validationSplit } = options;
  try {
    const callbacks = [progress];
    const { x, y } = corpus.train;
    const history = await watch.time('train', () =>
      model.fit(x, y, { epochs, batchSize, validationSplit, callbacks, signal }),
    );
    return { kind: history.stopped ? 'interrupted' : 'finished' };
  } catch (error) {
    progress.stop();
    if (!isOstinatoError(error, 'loss-nan') && model.history.epochs.length === 0) throw error;
    return { kind: 'failed', error };
  }
}

/** Undefined when it is interrupted. */
async function test(run: Run, signal: AbortSignal): Promise<TestResult | undefined> {
  const { model, corpus, options, watch, output } = run;
  output.say(`Testing on ${countOf(corpus.test.y.data.length, 'review')} …`);
  try {
    return await judgeTestReviews(model, corpus, { batchSize: options.batchSize, signal, watch });
  } catch (error) {
    if (error instanceof Interrupted) return undefined;
    throw error;
  }
}

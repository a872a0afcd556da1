/** `train`: learns, tests, and keeps everything in a run folder. */
import { isOstinatoError } from '@ostinato/core';
import type { TrainOptions } from '../arguments/requests.js';
import { isSample, loadCorpus } from '../data/load-corpus.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { describeError } from '../describe-error.js';
import { type Engine, withEngine } from '../engine.js';
import { claimRunFolder, type RunFolder } from '../files/run-folder.js';
import { checkWritable } from '../files/write-atomically.js';
import { type Interrupt, Interrupted, listenForInterrupt } from '../interrupt.js';
import type { Output } from '../output.js';
import { type TrainingProgress, trainingProgress } from '../progress/training-progress.js';
import { createModel } from '../recipe.js';
import { Stopwatch } from '../stopwatch.js';
import { announce, planOf } from './announce.js';
import { performRun, type Run } from './run.js';

/**
 * Trains and tests. Returns the exit code: 0, or 1 when the loss was lost, or 130 when it was interrupted.
 *
 * Throws   what makes a training impossible, before it begins; nothing is left behind then
 */
export async function train(options: TrainOptions, output: Output): Promise<number> {
  const folder = await claimRunFolder(
    options.out,
    `imdb-${options.model}${options.bucket ? '-bucket' : ''}-seed${options.seed}`,
  );
  let progress: TrainingProgress | undefined;
  const interrupt = listenForInterrupt(() => {
    progress?.stop();
    output.warn(
      `\n${progress ? 'Finishing this batch, then saving' : 'Stopping'}. Ctrl-C again ends at once.`,
    );
  });
  try {
    if (options.json !== undefined) await checkWritable(options.json);
    return await withEngine(options, output, async (engine) => {
      const run = await prepare(options, output, folder, engine, interrupt);
      progress = trainingProgress(output, run.plan);
      return trainAndTest(run, progress, interrupt);
    });
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
  engine: Engine,
  { signal }: Interrupt,
): Promise<Run> {
  const watch = new Stopwatch();
  const corpus = await watch.time('load', () => loadCorpus(options, output, signal));
  const model = createModel(options, engine.registry);
  const run = { options, output, folder, watch, engine, corpus, model, plan: planOf(options, corpus) };
  announce(run);
  return run;
}

async function trainAndTest(run: Run, progress: TrainingProgress, interrupt: Interrupt): Promise<number> {
  const { output, options, corpus } = run;
  const { ending, figures } = await performRun(run, progress, interrupt.signal);
  if (isSample(corpus.source)) output.result(sampleResultNotice);
  if (figures.test) {
    output.say(`Test Loss: ${figures.test.loss.toFixed(4)}`);
    output.result(`Test Accuracy: ${figures.test.accuracy.toFixed(4)}`);
    return 0;
  }
  if (ending.kind === 'failed') {
    output.warn(describeError(ending.error, options.verbose));
    return 1;
  }
  output.warn(
    `Interrupted after ${figures.epochs.length} of ${options.epochs} epochs, without a test; what was learned is saved.`,
  );
  return interrupt.exitCode ?? 1;
}

/** `train`: learns, tests, and keeps everything in a run folder. */
import type { TrainOptions } from '../arguments/requests.js';
import { isSample, loadCorpus } from '../data/load-corpus.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { describeError } from '../describe-error.js';
import type { Output } from '../output.js';
import { createModel } from '../recipe.js';
import { Stopwatch } from '../stopwatch.js';
import { announce, planOf } from './announce.js';
import { performRun, type Run } from './run.js';
import { type Session, withSession } from './session.js';

/**
 * Trains and tests. Returns the exit code: 0, or 1 when the loss was lost, or 130 when it was interrupted.
 *
 * Throws   what makes a training impossible, before it begins; nothing is left behind then
 */
export function train(options: TrainOptions, output: Output): Promise<number> {
  const kind = `${options.model}${options.bucket ? '-bucket' : ''}`;
  return withSession(options, `imdb-${kind}-seed${options.seed}`, output, async (session) => {
    return trainAndTest(await prepare(options, session), session);
  });
}

/** Everything up to the first batch. */
async function prepare(options: TrainOptions, session: Session): Promise<Run> {
  const { output, folder, engine, interrupt } = session;
  const watch = new Stopwatch();
  const corpus = await watch.time('load', () => loadCorpus(options, output, interrupt.signal));
  const model = createModel(options, engine.registry);
  const run = { options, output, folder, watch, engine, corpus, model, plan: planOf(options, corpus) };
  announce(run);
  return run;
}

async function trainAndTest(run: Run, { follow, interrupt }: Session): Promise<number> {
  const { output, options, corpus } = run;
  const { ending, figures } = await performRun(run, follow(run.plan), interrupt.signal);
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
  const done = `${figures.epochs.length} of ${options.epochs} epochs`;
  output.warn(`Interrupted after ${done}, without a test; what was learned is saved.`);
  return interrupt.exitCode ?? 1;
}

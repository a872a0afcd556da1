/** `train`: learns, tests, and keeps everything in a run folder; or goes on with a run that was broken off. */
import type { TrainOptions } from '../arguments/requests.js';
import { isSample, loadCorpus } from '../data/load-corpus.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { describeError } from '../describe-error.js';
import { resumeCommand } from '../files/resume-command.js';
import { showPath } from '../files/show-path.js';
import { newRecord, type TrainingRecord } from '../files/training-record.js';
import { unfinishedRuns } from '../files/unfinished-runs.js';
import type { Output } from '../output.js';
import { createModel } from '../recipe.js';
import { Stopwatch } from '../stopwatch.js';
import { surroundingsOf } from '../surroundings.js';
import { announce, planOf } from './announce.js';
import { checkSameData, missingData, reopen } from './resume.js';
import { performRun, type Run } from './run.js';
import { keepSafe } from './run-safety.js';
import { type Session, withSession } from './session.js';

/**
 * Trains and tests. Returns the exit code: 0, or 1 when the loss was lost, or 130 when it was interrupted.
 *
 * Throws   what makes a training impossible, before it begins; nothing is left behind then
 */
export async function train(options: TrainOptions, output: Output): Promise<number> {
  if (options.resume === undefined) {
    const kind = `${options.model}${options.bucket ? '-bucket' : ''}`;
    const name = `imdb-${kind}-seed${options.seed}`;
    if (options.out === undefined) await tellUnfinished(name, output);
    return withSession(options, name, output, (session) => begin(options, session, undefined));
  }
  const again = await reopen(options);
  return withSession(again.options, again.folder, output, (session) =>
    begin(again.options, session, again.record),
  );
}

/** Who starts again after a kill may want the earlier run rather than another one. */
async function tellUnfinished(name: string, output: Output): Promise<void> {
  const [latest] = await unfinishedRuns(name);
  if (latest === undefined) return;
  output.say(
    `This begins a new run. Unless ${showPath(latest)} still runs, it was broken off, and goes on with: ${resumeCommand(latest)}`,
  );
}

async function begin(
  options: TrainOptions,
  session: Session,
  earlier: TrainingRecord | undefined,
): Promise<number> {
  const run = await prepare(options, session, earlier);
  const { given = [] } = options;
  const flags = Object.fromEntries(given.map((name) => [name, options[name as keyof TrainOptions]]));
  const surroundings = await surroundingsOf(session.engine, run.model.kernels, flags);
  const record = earlier ?? newRecord(options, run.corpus.source);
  const safety = await keepSafe(record, surroundings, options, session.folder, session.output);
  try {
    announce(run);
    return await trainAndTest({ ...run, safety }, session);
  } catch (error) {
    await safety.withdraw();
    throw error;
  }
}

/** Everything up to the first batch. */
async function prepare(
  options: TrainOptions,
  session: Session,
  earlier: TrainingRecord | undefined,
): Promise<Run> {
  const { output, folder, engine, interrupt } = session;
  const watch = new Stopwatch();
  const load = watch.time('load', () => loadCorpus(options, output, interrupt.signal));
  const corpus = await (earlier ? load.catch((error) => missingData(error, earlier)) : load);
  if (earlier) checkSameData(earlier, corpus.source);
  const model = createModel(options, engine.registry);
  return { options, output, folder, watch, engine, corpus, model, plan: planOf(options, corpus) };
}

async function trainAndTest(run: Run, { follow, interrupt }: Session): Promise<number> {
  const { output, options, corpus, folder, safety } = run;
  const { ending, figures } = await performRun(run, follow(run.plan), interrupt.signal);
  await safety?.end(figures.ended, ending.kind === 'interrupted');
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
  output.warn(`It goes on with: ${resumeCommand(folder.path)}`);
  return interrupt.exitCode ?? 1;
}

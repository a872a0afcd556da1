/** `compare`: trains several networks under one seed on the same reviews, and shows them side by side. */
import { join } from 'node:path';
import { showDuration } from '@ostinato/training';
import type { CompareOptions } from '../arguments/requests.js';
import { bestInTest, type ComparisonFigures } from '../comparison-figures.js';
import { isSample, loadCorpus } from '../data/load-corpus.js';
import { sampleResultNotice } from '../data/source-lines.js';
import { describeError } from '../describe-error.js';
import { claimRunFolder, type RunFolder } from '../files/run-folder.js';
import { showPath } from '../files/show-path.js';
import type { Output } from '../output.js';
import { createModel, type ModelKind } from '../recipe.js';
import { comparisonLines } from '../report/comparison-columns.js';
import { inWords } from '../show-count.js';
import { Stopwatch } from '../stopwatch.js';
import { planOf } from './announce.js';
import { announceComparison, announceForecasts } from './announce-comparison.js';
import { type Comparison, keepComparison } from './comparison.js';
import { type Forecast, forecast } from './forecast.js';
import { type Ending, performRun, type Run } from './run.js';
import { type Session, withSession } from './session.js';

/**
 * Trains and tests one network after the other. Returns the exit code: 0, or 1 when one of them lost its loss, or 130
 * when it was interrupted.
 *
 * Throws   what makes the training of any of them impossible, before the first one begins; nothing is left behind then
 */
export function compare(options: CompareOptions, output: Output): Promise<number> {
  const kind = `compare${options.bucket ? '-bucket' : ''}`;
  return withSession(options, `imdb-${kind}-seed${options.seed}`, output, async (session) => {
    const comparison = await prepare(options, session);
    const forecasts = await forecastAll(comparison);
    return trainAll(comparison, forecasts);
  });
}

async function prepare(options: CompareOptions, session: Session): Promise<Comparison> {
  const { output, interrupt } = session;
  for (const kind of options.models) await (await claimFor(kind, session)).leave(); // before hours of training
  const watch = new Stopwatch();
  const corpus = await watch.time('load', () => loadCorpus(options, output, interrupt.signal));
  const plan = planOf(options, corpus);
  const comparison = { ...session, options, watch, corpus, plan, done: [] };
  announceComparison(comparison);
  return comparison;
}

async function forecastAll(comparison: Comparison): Promise<readonly Forecast[]> {
  const forecasts: Forecast[] = [];
  for (const kind of comparison.options.models) forecasts.push(await forecast(kind, comparison));
  announceForecasts(forecasts, comparison.output);
  return forecasts;
}

/** The folder of one network. Throws `out-taken`, `out-unwritable`. */
function claimFor(kind: ModelKind, { folder }: Session): Promise<RunFolder> {
  return claimRunFolder(join(folder.path, kind), kind);
}

/** Keeps what there is after each network, so that nothing is lost that was waited for. */
async function trainAll(comparison: Comparison, forecasts: readonly Forecast[]): Promise<number> {
  const { options, output, interrupt, done } = comparison;
  let failed = false;
  for (const [i, kind] of options.models.entries()) {
    if (done.length > 0 && interrupt.exitCode !== undefined) break;
    output.say(`\n${headingOf(i, forecasts, comparison)}`);
    const ending = await trainOne(kind, comparison);
    failed ||= ending === 'failed';
    await keepComparison(comparison);
  }
  const figures = await keepComparison(comparison);
  tell(figures, comparison);
  if (figures.ended !== 'interrupted') return failed ? 1 : 0;
  const { model, epochs } = done.at(-1)!;
  const place = `${model} (${done.length} of ${options.models.length}), after ${epochs.length} of ${options.epochs} epochs`;
  output.warn(`Interrupted in ${place}; what there is is saved.`);
  return interrupt.exitCode ?? 1;
}

/** `lstm (2 of 4), about 2 min 10 s; 7 min 05 s for what is left`, corrected by how the others went. */
function headingOf(index: number, forecasts: readonly Forecast[], { done }: Comparison): string {
  const sum = (of: readonly number[]): number => of.reduce((total, one) => total + one, 0);
  const planned = sum(forecasts.slice(0, index).map(({ seconds }) => seconds));
  const spent = sum(done.map(({ seconds }) => seconds.total));
  const pace = index === 0 ? 1 : spent / planned;
  const left = forecasts.slice(index).map(({ seconds }) => seconds * pace);
  const rest = left.length > 1 ? `; ${showDuration(sum(left))} for all that is left` : '';
  return `${forecasts[index]!.model} (${index + 1} of ${forecasts.length}), about ${showDuration(left[0]!)}${rest}`;
}

async function trainOne(kind: ModelKind, comparison: Comparison): Promise<Ending['kind']> {
  const { options: common, output, engine, corpus, plan, interrupt, follow, done } = comparison;
  const options = { ...common, model: kind, out: undefined, json: undefined };
  const own = await claimFor(kind, comparison);
  const model = createModel(options, engine.registry);
  try {
    const watch = new Stopwatch();
    const run: Run = { options, output, folder: own, watch, engine, corpus, model, plan };
    const { ending, figures } = await performRun(run, follow(plan), interrupt.signal);
    done.push(figures);
    if (ending.kind === 'failed') output.warn(`${kind}: ${describeError(ending.error, options.verbose)}`);
    return ending.kind;
  } finally {
    model.dispose();
    await own.leave();
  }
}

function tell({ models }: ComparisonFigures, { output, folder, corpus, watch }: Comparison): void {
  const page = showPath(folder.file('comparison'));
  output.say(`\nCompared in ${showDuration(watch.total)}. All curves side by side: ${page}`);
  if (isSample(corpus.source)) output.result(sampleResultNotice);
  output.say();
  for (const line of comparisonLines(models)) output.result(line);
  const best = bestInTest(models);
  const names = best.map(({ model }) => model);
  if (best[0])
    output.result(`Best on the test reviews: ${inWords(names)}, ${best[0].test!.accuracy.toFixed(4)}`);
}

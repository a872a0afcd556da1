/** A comparison under way, and how it is put on disk. */
import type { CompareOptions } from '../arguments/requests.js';
import { type ComparisonFigures, comparedFigures } from '../comparison-figures.js';
import type { Corpus } from '../data/load-corpus.js';
import { threadFigures } from '../engine.js';
import { writeAtomically, writeJson } from '../files/write-atomically.js';
import { comparisonPage } from '../report/comparison-page.js';
import { peakRssMB, type RunFigures, rounded } from '../run-figures.js';
import type { Stopwatch } from '../stopwatch.js';
import type { Plan } from './announce.js';
import { dataFigures, settingsOf } from './figures-of-run.js';
import { environment } from './report-of-run.js';
import type { Session } from './session.js';

/** Everything that the networks have in common, and what came of those that are trained. */
export interface Comparison extends Session {
  readonly options: CompareOptions;
  readonly watch: Stopwatch;
  readonly corpus: Corpus;
  /** For each network. */
  readonly plan: Plan;
  readonly done: RunFigures[];
}

/** Page and figures of what is trained so far, and the file for programs if one was asked for. Returns the figures. */
export async function keepComparison(comparison: Comparison): Promise<ComparisonFigures> {
  const { folder, options, corpus } = comparison;
  const figures = figuresOf(comparison);
  const page = comparisonPage({ figures, source: corpus.source, environment: environment() });
  await writeAtomically(folder.file('comparison'), page);
  await writeJson(folder.file('comparisonFigures'), figures);
  if (options.json !== undefined) await writeJson(options.json, figures);
  return figures;
}

function figuresOf(comparison: Comparison): ComparisonFigures {
  const { options, engine, corpus, watch, done } = comparison;
  return {
    data: dataFigures(corpus),
    seed: options.seed,
    backend: engine.backend.backend,
    ...threadFigures(engine.threads()),
    bucketed: options.bucket,
    settings: settingsOf(options),
    models: done.map(comparedFigures),
    seconds: { load: rounded(watch.seconds('load'), 3), total: rounded(watch.total, 3) },
    peakRssMB: rounded(peakRssMB(), 1),
    ended: endOf(comparison),
  };
}

function endOf({ options, done, interrupt }: Comparison): ComparisonFigures['ended'] {
  const whole = done.length === options.models.length && done.at(-1)?.ended !== 'interrupted';
  if (whole) return 'finished';
  return interrupt.exitCode === undefined ? 'unfinished' : 'interrupted';
}

/** Puts a run on disk: the model as soon as it is trained, the figures and the report when they are known. */
import { saveModel } from '@ostinato/training';
import { RECORD_FORMAT, type RunRecord } from '../files/run-record.js';
import { showPath } from '../files/show-path.js';
import { writeAtomically, writeJson } from '../files/write-atomically.js';
import { reportPage } from '../report/report-page.js';
import type { TestResult } from '../review-feed.js';
import type { RunFigures, TestFigures } from '../run-figures.js';
import { figuresOf } from './figures-of-run.js';
import { reportFacts } from './report-of-run.js';
import type { Ending, Run } from './run.js';

/** The model, its words, and what `evaluate` and `predict` must know. */
export async function keepModel(run: Run): Promise<void> {
  const { folder, model, corpus } = run;
  await saveModel(model, folder.file('model'));
  if (corpus.words) {
    await writeAtomically(folder.file('words'), JSON.stringify(Object.fromEntries(corpus.words.ranks)));
  }
  await keepRecord(run, null);
}

/** Figures, history and report, and the file for programs if one was asked for. Returns the figures. */
export async function keepResults(
  run: Run,
  ending: Ending,
  result: TestResult | undefined,
): Promise<RunFigures> {
  const { folder, options, output } = run;
  const figures = await figuresOf(run, ending, result?.figures ?? null);
  const { model, seed, epochs, test, ended } = figures;
  await writeJson(folder.file('history'), { model, seed, ended, epochs, test });
  if (result) await keepRecord(run, result.figures);
  await writeAtomically(folder.file('report'), reportPage(reportFacts(run, figures, result)));
  if (options.json !== undefined) await writeJson(options.json, figures);
  output.say(`Model, history and report are in ${showPath(folder.path)}`);
  return figures;
}

async function keepRecord({ folder, options, corpus, model }: Run, test: TestFigures | null): Promise<void> {
  const record: RunRecord = {
    format: RECORD_FORMAT,
    model: options.model,
    seed: options.seed,
    maxLen: options.maxLen,
    encoding: corpus.encoding,
    source: corpus.source,
    weightsSha256: await model.weightsSha256(),
    test,
  };
  await writeJson(folder.file('record'), record);
}

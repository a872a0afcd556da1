/** Puts a run on disk: the model as soon as it is trained, the figures and the report when they are known. */
import { arch, cpus, platform, release } from 'node:os';
import { relative } from 'node:path';
import { isOstinatoError } from '@ostinato/core';
import { decodeReview } from '@ostinato/datasets';
import { saveModel } from '@ostinato/training';
import { RECORD_FORMAT, type RunRecord } from '../files/run-record.js';
import { writeAtomically } from '../files/write-atomically.js';
import { summarizeKernels } from '../recipe.js';
import type { MisjudgedReview } from '../report/misjudged-reviews.js';
import { type ReportFacts, reportPage } from '../report/report-page.js';
import { peakRssMB, type RunFigures, rounded, type TestFigures } from '../run-figures.js';
import type { TestResult } from '../test-model.js';
import { confusionOf, mostWrong } from '../test-verdicts.js';
import type { Ending, Run } from './train.js';

/** How many misjudged reviews the report shows. */
const MISJUDGED = 12;

/** The model, its words, and what `evaluate` and `predict` must know. */
export async function keepModel(run: Run): Promise<void> {
  const { folder, model, corpus } = run;
  await saveModel(model, folder.file('model'));
  if (corpus.words) await writeJson(folder.file('words'), Object.fromEntries(corpus.words.ranks));
  await keepRecord(run, null);
}

/** Figures, history and report, and the file for programs if one was asked for. */
export async function keepResults(run: Run, ending: Ending, result: TestResult | undefined): Promise<void> {
  const { folder, options, output } = run;
  const figures = await figuresOf(run, ending, result?.figures ?? null);
  const { model, seed, epochs, test, ended } = figures;
  await writeJson(folder.file('history'), { model, seed, ended, epochs, test });
  if (result) await keepRecord(run, result.figures);
  await writeAtomically(folder.file('report'), reportPage(reportFacts(run, figures, result)));
  if (options.json !== undefined) await writeJson(options.json, figures);
  output.say(`Model, history and report are in ${relative('', folder.path) || '.'}`);
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

async function figuresOf(run: Run, ending: Ending, test: TestFigures | null): Promise<RunFigures> {
  const { options, corpus, model, engine, watch } = run;
  const { epochs, batchSize, validationSplit, maxLen, numWords, units, embedding } = options;
  const { kernels, reason } = summarizeKernels(model.kernels);
  const { name, sha256, kind, note } = corpus.source;
  const seconds = (key: string): number => rounded(watch.seconds(key), 3);
  return {
    data: {
      name,
      sha256,
      train: corpus.train.y.data.length,
      test: corpus.test.y.data.length,
      kind,
      ...(note === undefined ? {} : { note }),
    },
    model: options.model,
    params: model.countParams(),
    seed: options.seed,
    backend: engine.backend.backend,
    threads: engine.backend.threads,
    kernels,
    kernelsReason: reason,
    settings: {
      units,
      embedding,
      maxLen,
      numWords,
      batchSize,
      epochs,
      validationSplit,
      optimizer: 'adam',
      loss: 'binaryCrossentropy',
    },
    epochs: model.history.epochs,
    test,
    seconds: {
      load: seconds('load'),
      train: seconds('train'),
      evaluate: seconds('evaluate'),
      total: rounded(watch.total, 3),
    },
    peakRssMB: rounded(peakRssMB(), 1),
    weightsSha256: await model.weightsSha256(),
    ended: ending.kind === 'failed' ? messageOf(ending.error) : ending.kind,
  };
}

function messageOf(error: unknown): string {
  return isOstinatoError(error) || error instanceof Error ? error.message : String(error);
}

function reportFacts(run: Run, figures: RunFigures, result: TestResult | undefined): ReportFacts {
  const { corpus, model } = run;
  const summary: string[] = [];
  model.summary({ print: (line) => summary.push(line) });
  const facts: ReportFacts = { figures, source: corpus.source, environment: environment(), summary };
  if (!result) return facts;
  const labels = corpus.test.y.data;
  return {
    ...facts,
    verdicts: {
      confusion: confusionOf(result.probabilities, labels),
      misjudged: mostWrong(result.probabilities, labels, MISJUDGED).map((one) => withText(one, run)),
      ...(corpus.wordsMissing === undefined ? {} : { textsMissing: corpus.wordsMissing }),
    },
  };
}

function withText(
  { row, label, probability }: ReturnType<typeof mostWrong>[number],
  { corpus: { test, words, encoding } }: Run,
): MisjudgedReview {
  const [, steps] = test.x.shape;
  const review = { label, probability, fileRow: test.indices[row]! };
  if (!words) return review;
  return {
    ...review,
    text: decodeReview(test.x.data.subarray(row * steps, (row + 1) * steps), words, encoding),
  };
}

function environment(): Record<string, string> {
  const processors = cpus();
  return {
    machine: `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} threads, ${arch()}`,
    system: `${platform()} ${release()}`,
    Node: process.version,
  };
}

async function writeJson(file: string, value: unknown): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
}

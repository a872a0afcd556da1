/** Gathers what the report of a run shows besides its figures. */
import { arch, cpus, platform, release } from 'node:os';
import { decodeReview } from '@ostinato/datasets';
import type { MisjudgedReview } from '../report/misjudged-reviews.js';
import type { ReportFacts } from '../report/report-page.js';
import type { TestResult } from '../review-feed.js';
import type { RunFigures } from '../run-figures.js';
import { confusionOf, type Misjudged, mostWrong } from '../test-verdicts.js';
import type { Run } from './run.js';

/** How many misjudged reviews are shown. */
const MISJUDGED = 12;

export function reportFacts(run: Run, figures: RunFigures, result: TestResult | undefined): ReportFacts {
  const summary: string[] = [];
  run.model.summary({ print: (line) => summary.push(line) });
  const facts: ReportFacts = { figures, source: run.corpus.source, environment: environment(), summary };
  return result ? { ...facts, verdicts: verdictsOf(run, result) } : facts;
}

function verdictsOf({ corpus }: Run, { probabilities }: TestResult): NonNullable<ReportFacts['verdicts']> {
  const labels = corpus.test.y.data;
  return {
    confusion: confusionOf(probabilities, labels),
    misjudged: mostWrong(probabilities, labels, MISJUDGED).map((one) => describe(one, corpus)),
    ...(corpus.wordsMissing === undefined ? {} : { textsMissing: corpus.wordsMissing }),
  };
}

function describe(
  { row, label, probability }: Misjudged,
  { test, words, encoding }: Run['corpus'],
): MisjudgedReview {
  const review = { label, probability, fileRow: test.indices[row]! };
  if (!words) return review;
  const [, steps] = test.x.shape;
  const ids = test.x.data.subarray(row * steps, (row + 1) * steps);
  const whole = ids[0] === 0 || ids[0] === encoding.startChar;
  return { ...review, text: `${whole ? '' : '… '}${decodeReview(ids, words, encoding)}` };
}

/** Names and values: machine, system, Node. */
export function environment(): Record<string, string> {
  const processors = cpus();
  return {
    machine: `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} × ${arch()}`,
    system: `${platform()} ${release()}`,
    Node: process.version,
  };
}

/** The report of a run: one page that needs no other file and no network. */
import type { DataSource } from '@ostinato/datasets';
import { showDuration } from '@ostinato/training';
import { bestEpoch } from '../best-epoch.js';
import { describeSource, sampleResultNotice } from '../data/source-lines.js';
import type { RunFigures } from '../run-figures.js';
import { countOf, showCount } from '../show-count.js';
import type { Confusion } from '../test-verdicts.js';
import { confusionTable } from './confusion-table.js';
import { epochTable, trainingCharts } from './epochs-section.js';
import { html, type Markup } from './markup.js';
import { type MisjudgedReview, misjudgedReviews } from './misjudged-reviews.js';
import { notice, pairs, wholePage } from './page-frame.js';

export interface ReportFacts {
  readonly figures: RunFigures;
  readonly source: DataSource;
  /** Names and values: what the program ran on. */
  readonly environment: Readonly<Record<string, string>>;
  /** The model's table. */
  readonly summary: readonly string[];
  /** With a test: its verdicts. */
  readonly verdicts?: {
    readonly confusion: Confusion;
    readonly misjudged: readonly MisjudgedReview[];
    /** Why the reviews have no texts. */
    readonly textsMissing?: string;
  };
}

/** The page, as XHTML that is HTML too. */
export function reportPage(facts: ReportFacts): string {
  const { figures, source, verdicts } = facts;
  const title = `Film reviews, ${figures.model}, seed ${figures.seed}`;
  const body = html`<p class="lead">Is a review positive? ${source.name}, ${countOf(figures.data.train, 'review')} to train and validate on, and ${showCount(figures.data.test)} to test on.</p>
${notices(figures, source)}
${headline(figures)}
<h2>Training</h2>
${trainingCharts(figures.epochs)}
${epochTable(figures.epochs)}
${verdicts && html`<h2>Test reviews by truth and verdict</h2>\n${confusionTable(verdicts.confusion)}`}
${verdicts && html`<h2>The most wrong reviews</h2>\n${misjudgedReviews(verdicts.misjudged, verdicts.textsMissing)}`}
<h2>Settings</h2>
${pairs({ model: figures.model, seed: figures.seed, ...figures.settings })}
<h2>Model</h2>
<pre>${facts.summary.join('\n')}</pre>
<h2>Data</h2>
${pairs({ source: describeSource(source), 'SHA-256': source.sha256, ...(source.note ? { note: source.note } : {}) })}
<h2>Computed with</h2>
${pairs({ ...facts.environment, ...computation(figures) })}`;
  return wholePage(title, body);
}

function notices({ ended }: RunFigures, source: DataSource): Markup[] {
  const texts = [
    source.kind === 'sample' && sampleResultNotice,
    ended === 'interrupted' &&
      'The run was interrupted: these are the figures of the epochs that were over by then.',
    ended !== 'interrupted' && ended !== 'finished' && ended,
  ];
  return texts.flatMap((text) => (text ? [notice(text)] : []));
}

/** Of all sessions: `seconds` are those of the last one, `epochs` are all there were. */
function trainingSeconds({ epochs, seconds }: RunFigures): number {
  return Math.max(
    seconds.train,
    epochs.reduce((sum, epoch) => sum + epoch.seconds, 0),
  );
}

function headline(all: RunFigures): Markup {
  const { test, epochs, params } = all;
  const best = bestEpoch(epochs);
  const figures = [
    test && { value: test.accuracy.toFixed(4), name: 'test accuracy' },
    test && { value: test.loss.toFixed(4), name: 'test loss' },
    best && {
      value: best.valAccuracy.toFixed(4),
      name: `best validation accuracy, epoch ${best.epoch}`,
    },
    { value: showDuration(trainingSeconds(all)), name: 'of training' },
    { value: showCount(params), name: 'parameters' },
  ];
  const items = figures.flatMap((figure) =>
    figure ? [html`<li><b>${figure.value}</b><span>${figure.name}</span></li>`] : [],
  );
  return html`<ul class="figures">${items}</ul>`;
}

function computation(figures: RunFigures) {
  const { backend, threads, threadsReason, kernels, kernelsReason, seconds, peakRssMB, weightsSha256 } =
    figures;
  return {
    backend,
    threads: threadsReason === undefined ? threads : `${threads}: ${threadsReason}`,
    kernels: `${kernels}: ${kernelsReason}`,
    time: `load ${showDuration(seconds.load)}, train ${showDuration(trainingSeconds(figures))}, evaluate ${showDuration(seconds.evaluate)}`,
    memory: `${Math.round(peakRssMB)} MB at most`,
    'SHA-256 of the weights': weightsSha256,
  };
}

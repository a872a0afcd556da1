/** The page of a comparison: all networks in one chart and one table, then each by itself. */
import type { DataSource } from '@ostinato/datasets';
import { showDuration } from '@ostinato/training';
import { bestInTest, type ComparedFigures, type ComparisonFigures } from '../comparison-figures.js';
import { describeSource, sampleResultNotice } from '../data/source-lines.js';
import type { ModelKind } from '../recipe.js';
import { countOf, inWords, showCount } from '../show-count.js';
import { comparisonColumns } from './comparison-columns.js';
import { epochTable, trainingCharts } from './epochs-section.js';
import { type LineChart, lineChart, type Series } from './line-chart.js';
import { html, type Markup } from './markup.js';
import { notice, pairs, wholePage } from './page-frame.js';

export interface ComparisonFacts {
  readonly figures: ComparisonFigures;
  readonly source: DataSource;
  /** Names and values: what the program ran on. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A network has its colour in every comparison. */
const styles: Readonly<Record<ModelKind, Series['style']>> = {
  'simple-rnn': 'first',
  lstm: 'second',
  gru: 'third',
  'bi-lstm': 'fourth',
};

/** The page, as XHTML that is HTML too. */
export function comparisonPage({ figures, source, environment }: ComparisonFacts): string {
  const { data, models, seed } = figures;
  const names = inWords(models.map(({ model }) => model));
  const body = html`<p class="lead">Is a review positive? ${source.name}, ${countOf(data.train, 'review')} to train and validate on, and ${showCount(data.test)} to test on: the same ones, in the same order, for ${names}.${figures.bucketed && ' In batches of near length, their padding masked.'}</p>
${notices(figures, source)}
<h2>Side by side</h2>
${comparisonTable(models)}
${chartsOfAll(models)}
${models.map(oneNetwork)}
<h2>Settings</h2>
${pairs({ seed, ...figures.settings })}
<h2>Data</h2>
${pairs({ source: describeSource(source), 'SHA-256': source.sha256, ...(source.note ? { note: source.note } : {}) })}
<h2>Computed with</h2>
${pairs({ ...environment, ...computation(figures) })}`;
  return wholePage(`Film reviews, ${countOf(models.length, 'network')} compared, seed ${seed}`, body);
}

function notices({ ended, models }: ComparisonFigures, source: DataSource): Markup[] {
  const stopped = models.filter((one) => one.ended !== 'finished' && one.ended !== 'interrupted');
  const texts = [
    source.kind === 'sample' && sampleResultNotice,
    ended === 'interrupted' &&
      'The comparison was interrupted: these are the figures of the epochs that were over by then.',
    ended === 'unfinished' && 'The comparison was not over when this page was written.',
    ...stopped.map((one) => `${one.model}: ${one.ended}`),
  ];
  return texts.flatMap((text) => (text ? [notice(text)] : []));
}

/** Accuracy and loss of all networks on the reviews that they were checked on, else on those they learned from. */
function chartsOfAll(models: readonly ComparedFigures[]): Markup {
  const trained = models.filter(({ epochs }) => epochs.length > 0);
  if (trained.length === 0) return html`<p class="soft">No epoch was completed.</p>`;
  const validated = trained.some(({ best }) => best);
  const [what, accuracy, loss] = validated
    ? ['Validation', 'valAccuracy', 'valLoss']
    : ['Training', 'accuracy', 'loss'];
  const chart = (title: string, unit: string, key: string): LineChart => ({
    title: `${what} ${title}`,
    unit,
    width: 'whole',
    series: trained.map(({ model, epochs }) => ({
      name: model,
      style: styles[model],
      values: epochs.map((epoch) => epoch[key] ?? Number.NaN),
    })),
  });
  const charts = [
    chart('accuracy', 'part that is right', accuracy!),
    chart('loss', 'binary cross-entropy', loss!),
  ];
  return html`${charts.map((one) => html`<div class="scroll">${lineChart(one)}</div>\n`)}`;
}

function comparisonTable(models: readonly ComparedFigures[]): Markup {
  const best = bestInTest(models);
  const style = (words?: true): string => (words ? 'words' : 'number');
  const heads = comparisonColumns.map(({ head, words }) => html`<th class="${style(words)}">${head}</th>`);
  const rows = models.map((one) => {
    const cells = comparisonColumns.map(
      ({ cell, words }) => html`<td class="${style(words)}">${cell(one)}</td>`,
    );
    return html`<tr class="${best.includes(one) ? 'best' : 'other'}">${cells}</tr>\n`;
  });
  return html`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>
${best.length > 0 && html`<p class="soft">Bold: the best on the test reviews. ‘In all’ is training, validation, test and report.</p>`}`;
}

function oneNetwork({
  model,
  epochs,
  kernels,
  kernelsReason,
  params,
  weightsSha256,
}: ComparedFigures): Markup {
  return html`<h2>${model}</h2>
<p class="soft">${showCount(params)} parameters; kernels ${kernels}: ${kernelsReason}; SHA-256 of the weights ${weightsSha256.slice(0, 16)}…</p>
${trainingCharts(epochs)}
${epochs.length > 0 && html`<details><summary>Every epoch</summary>${epochTable(epochs)}</details>`}
`;
}

function computation({ backend, threads, threadsReason, seconds, peakRssMB }: ComparisonFigures) {
  return {
    backend,
    threads: threadsReason === undefined ? threads : `${threads}: ${threadsReason}`,
    time: `load ${showDuration(seconds.load)}, all ${showDuration(seconds.total)}`,
    memory: `${Math.round(peakRssMB)} MB at most`,
  };
}

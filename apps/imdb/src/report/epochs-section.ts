/** The epochs of a run: two charts and a table of the same figures. */
import type { EpochRecord } from '@ostinato/training';
import { type LineChart, lineChart, type Series } from './line-chart.js';
import { html, type Markup } from './markup.js';

/** Loss and accuracy of training and validation. */
export function trainingCharts(epochs: readonly EpochRecord[]): Markup {
  if (epochs.length === 0) return html`<p class="soft">No epoch was completed.</p>`;
  const charts: LineChart[] = [
    { title: 'Loss', unit: 'binary cross-entropy', series: seriesOf(epochs, 'loss', 'valLoss') },
    { title: 'Accuracy', unit: 'part that is right', series: seriesOf(epochs, 'accuracy', 'valAccuracy') },
  ];
  return html`<div class="charts">${charts.map(lineChart)}</div>`;
}

function seriesOf(epochs: readonly EpochRecord[], train: string, validation: string): Series[] {
  const values = (key: string): number[] => epochs.map((epoch) => epoch[key] ?? Number.NaN);
  const series: Series[] = [
    { name: 'training', style: 'train', values: values(train) },
    { name: 'validation', style: 'validation', values: values(validation) },
  ];
  return series.filter((one) => one.values.some(Number.isFinite));
}

const columns = {
  loss: 'loss',
  accuracy: 'accuracy',
  valLoss: 'validation loss',
  valAccuracy: 'validation accuracy',
} as const;

/** One row an epoch. */
export function epochTable(epochs: readonly EpochRecord[]): Markup | undefined {
  if (epochs.length === 0) return undefined;
  const shown = Object.entries(columns).filter(([key]) => epochs[0]![key] !== undefined);
  const rows = epochs.map((epoch) => {
    const cells = shown.map(([key]) => html`<td class="number">${epoch[key]!.toFixed(4)}</td>`);
    return html`<tr><td class="number">${epoch.epoch}</td><td class="number">${epoch.seconds.toFixed(1)} s</td>${cells}</tr>\n`;
  });
  const heads = ['epoch', 'time', ...shown.map(([, name]) => name)].map(
    (name) => html`<th class="number">${name}</th>`,
  );
  return html`<div class="scroll"><table><thead><tr>${heads}</tr></thead><tbody>${rows}</tbody></table></div>`;
}

/** The networks side by side: one row each, in the terminal and on the page. */

import { showDuration } from '@ostinato/training';
import type { ComparedFigures } from '../comparison-figures.js';
import { showCount } from '../show-count.js';

export interface Column {
  readonly head: string;
  readonly cell: (figures: ComparedFigures) => string;
  /** Words stand left, numbers right. */
  readonly words?: true;
}

const NONE = '–';

/** Accuracies first, then what they cost. */
export const comparisonColumns: readonly Column[] = [
  { head: 'network', cell: ({ model }) => model, words: true },
  { head: 'best val accuracy', cell: ({ best }) => best?.valAccuracy.toFixed(4) ?? NONE },
  { head: 'in epoch', cell: ({ best }) => (best ? String(best.epoch) : NONE) },
  { head: 'test accuracy', cell: ({ test }) => test?.accuracy.toFixed(4) ?? NONE },
  { head: 'test loss', cell: ({ test }) => test?.loss.toFixed(4) ?? NONE },
  {
    head: 'an epoch',
    cell: ({ seconds: { perEpoch } }) => (perEpoch === null ? NONE : showDuration(perEpoch)),
  },
  { head: 'in all', cell: ({ seconds: { total } }) => showDuration(total) },
  { head: 'parameters', cell: ({ params }) => showCount(params) },
];

/** The table as lines of text. */
export function comparisonLines(models: readonly ComparedFigures[]): string[] {
  const columns = comparisonColumns.map(({ head, cell, words }) => {
    const texts = [head, ...models.map(cell)];
    const width = Math.max(...texts.map((text) => text.length));
    return texts.map((text) => (words ? text.padEnd(width) : text.padStart(width)));
  });
  return columns[0]!.map((_, row) =>
    columns
      .map((texts) => texts[row])
      .join('  ')
      .trimEnd(),
  );
}

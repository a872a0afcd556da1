/** The table at the end. */
import type { Outcome } from './compare.js';

const HEADS = ['layer', 'weights', 'steps', 'time', 'test loss', 'of baseline', 'verdict'];

/** A line for each model, under one of headings. */
export function outcomeLines(outcomes: readonly Outcome[]): string[] {
  const cells = outcomes.map(({ layer, weights, steps, seconds, loss, ofBaseline, verdict }) => [
    layer,
    String(weights),
    String(steps),
    `${seconds.toFixed(0)} s`,
    loss.toFixed(5),
    `${(100 * ofBaseline).toFixed(1)} %`,
    verdict,
  ]);
  const widths = HEADS.map((head, i) => Math.max(head.length, ...cells.map((row) => row[i]!.length)));
  return [HEADS, ...cells].map((row) =>
    row
      .map((cell, i) =>
        i === 0 || i === row.length - 1 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!),
      )
      .join('  ')
      .trimEnd(),
  );
}

/** The table of a gradient report. */
import type { GradientFigures } from './gradient-figures.js';
import type { LayerReport } from './gradient-report.js';

const HEADS = ['weight', 'gradient', 'weight norm', 'ratio', 'zeros', 'verdict'];

/** Layers, their weights below them, and how a gradient changes over the steps of a sequence. */
export function reportLines(loss: number, layers: readonly LayerReport[]): string[] {
  const rows = [HEADS];
  for (const { path, weights, overTime, ...figures } of layers) {
    rows.push([path, ...cells(figures)]);
    for (const { path: of, ...own } of weights)
      rows.push([`  ${of.slice(of.lastIndexOf('/') + 1)}`, ...cells(own)]);
    if (!overTime) continue;
    const { norms, ratio } = overTime;
    rows.push([
      `  over ${norms.length} steps: ${short(norms[0]!)} … ${short(norms.at(-1)!)}, × ${short(ratio)}`,
    ]);
  }
  const table = rows.filter((row) => row.length > 1);
  const widths = HEADS.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = rows.map((row) => {
    if (row.length === 1) return row[0]!;
    return row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join('  ');
  });
  return [`loss ${short(loss)}`, ...lines];
}

function cells({ gradientNorm, weightNorm, ratio, zeros, verdict }: GradientFigures): string[] {
  return [short(gradientNorm), short(weightNorm), short(ratio), `${(100 * zeros).toFixed(1)} %`, verdict];
}

function short(value: number): string {
  return Number.isFinite(value) ? value.toExponential(2) : String(value);
}

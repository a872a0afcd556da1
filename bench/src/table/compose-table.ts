/** The cells of one layer and mode: a size a row, a peer a column. */
import type { Job, LayerKind, Mode } from '../jobs/job.js';
import { isTimed, type Row } from './row.js';
import { showMillis, showPercent, showRatio } from './show-numbers.js';

export interface TableOptions {
  readonly layer: LayerKind;
  readonly mode: Mode;
  /** Those beside ours, in the order of their columns. */
  readonly peers: readonly string[];
  /** GFLOP/s of the machine's f32x4 loop, all threads together. */
  readonly ceiling: number;
}

const OURS = ['B', 'T', 'H', 'ours, fastest', 'median', 'GFLOP/s', 'of ceiling'];

/**
 * Head and rows. A peer's cell has its fastest time, and how many times ours that is.
 *
 * A size without a time has `–`: it was skipped, failed or disagreed; `untimedReasons` says which.
 */
export function composeTable(rows: readonly Row[], options: TableOptions): string[][] {
  const { layer, mode, peers, ceiling } = options;
  const shown = rows.filter(({ job, mode: other }) => job.layer === layer && other === mode);
  const jobs = [...new Set(shown.map(({ job }) => job))];
  const body = jobs.map((job) => {
    const here = shown.filter((row) => row.job === job);
    return [...sizeCells(job), ...ourCells(here, ceiling), ...peers.map((peer) => peerCell(here, peer))];
  });
  return [[...OURS, ...peers], ...body];
}

function sizeCells({ batch, steps, units }: Job): string[] {
  return [batch, steps, units].map(String);
}

function ourCells(rows: readonly Row[], ceiling: number): string[] {
  const row = rows.find(({ peer }) => peer === 'ours');
  if (!row || !isTimed(row)) return ['–', '–', '–', '–'];
  return [
    showMillis(row.fastestMillis) + (row.remark ? ' *' : ''),
    showMillis(row.medianMillis),
    row.gflops.toFixed(1),
    showPercent(row.gflops / ceiling),
  ];
}

function peerCell(rows: readonly Row[], peer: string): string {
  const row = rows.find((row) => row.peer === peer);
  if (!row || !isTimed(row)) return '–';
  const ours = rows.find((row) => row.peer === 'ours');
  const ratio = ours && isTimed(ours) ? ` (${showRatio(row.fastestMillis / ours.fastestMillis)})` : '';
  return showMillis(row.fastestMillis) + ratio;
}

/** Why rows have no time, each reason once, with how many rows it holds for. */
export function untimedReasons(rows: readonly Row[]): string[] {
  const counts = new Map<string, number>();
  for (const row of rows) {
    if (isTimed(row)) continue;
    const reason = `${row.peer}: ${row.untimed}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `${reason} (${count} ${count === 1 ? 'row' : 'rows'})`);
}

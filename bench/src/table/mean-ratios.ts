/** How we compare on the whole: one figure a library, layer and mode. */
import { LAYER_KINDS, layerName, MODES, modeName } from '../jobs/job.js';
import { isTimed, type Row, type TimedRow } from './row.js';
import { showRatio } from './show-numbers.js';

/**
 * Head and rows: the geometric mean over all sizes of how many times our time a peer takes, and at how many sizes we are
 * faster.
 */
export function meanRatios(rows: readonly Row[], peers: readonly string[]): string[][] {
  const timed = rows.filter(isTimed);
  const body = LAYER_KINDS.flatMap((layer) =>
    MODES.map((mode) => {
      const here = timed.filter((row) => row.job.layer === layer && row.mode === mode);
      return [`${layerName(layer)}, ${modeName(mode)}`, ...peers.map((peer) => meanCell(here, peer))];
    }),
  );
  const measured = body.filter((cells) => cells.slice(1).some((cell) => cell !== '–'));
  return measured.length === 0 ? [] : [['geometric mean (faster at)', ...peers], ...measured];
}

function meanCell(rows: readonly TimedRow[], peer: string): string {
  const ours = new Map(rows.filter((row) => row.peer === 'ours').map((row) => [row.job, row.fastestMillis]));
  const ratios = rows
    .filter((row) => row.peer === peer && ours.has(row.job))
    .map((row) => row.fastestMillis / ours.get(row.job)!);
  if (ratios.length === 0) return '–';
  const mean = Math.exp(ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length);
  return `${showRatio(mean)} (${ratios.filter((ratio) => ratio > 1).length}/${ratios.length})`;
}

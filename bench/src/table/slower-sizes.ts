/** Where another library is faster than we are. */
import { jobName, modeName } from '../jobs/job.js';
import { isTimed, type Row, type TimedRow } from './row.js';
import { showPercent, showRatio } from './show-numbers.js';

export interface SlowerSize {
  readonly ours: TimedRow;
  /** The fastest of the others. */
  readonly best: TimedRow;
}

/** Every row of ours that the fastest of the others beats, the worst first. */
export function slowerSizes(rows: readonly Row[]): SlowerSize[] {
  const timed = rows.filter(isTimed);
  const pairs = timed
    .filter(({ peer }) => peer === 'ours')
    .flatMap((ours) => {
      const others = timed.filter(
        ({ job, mode, peer }) => job === ours.job && mode === ours.mode && peer !== 'ours',
      );
      if (others.length === 0) return [];
      const best = others.reduce((a, b) => (a.fastestMillis <= b.fastestMillis ? a : b));
      return best.fastestMillis < ours.fastestMillis ? [{ ours, best }] : [];
    });
  return pairs.sort((a, b) => ratioOf(a) - ratioOf(b));
}

/** `LSTM B=1 T=50 H=256, forward: torch takes 0.71 × our time; of the ceiling ours has 45 %, it 63 %`. */
export function describeSlower(size: SlowerSize, ceiling: number): string {
  const { ours, best } = size;
  const [our, its] = [ours, best].map(({ gflops }) => showPercent(gflops / ceiling));
  const mode = modeName(ours.mode);
  return `${jobName(ours.job)}, ${mode}: ${best.peer} takes ${showRatio(ratioOf(size))} our time; of the ceiling ours has ${our}, it ${its}`;
}

function ratioOf({ ours, best }: SlowerSize): number {
  return best.fastestMillis / ours.fastestMillis;
}

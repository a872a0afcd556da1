/** What is known of one peer at one size, in one mode. */
import { floatingOperations, type Job, type Mode } from '../jobs/job.js';
import { median } from '../measure.js';

interface RowKey {
  readonly job: Job;
  readonly mode: Mode;
  readonly peer: string;
}

/** A peer whose answers agreed, and its times. */
export interface TimedRow extends RowKey {
  readonly fastestMillis: number;
  readonly medianMillis: number;
  readonly runs: number;
  /** Compiling included, where a peer compiles. */
  readonly firstCallMillis: number;
  readonly gflops: number;
  /** Cores that its process kept busy. */
  readonly cores: number;
  /** Largest difference from our answers, in parts of the largest value; absent for ours. */
  readonly difference?: number | undefined;
  /** Why it is not the fast path. */
  readonly remark?: string | undefined;
}

/** A peer that has no time there, and why. */
export interface UntimedRow extends RowKey {
  readonly untimed: string;
  /** It was asked, and failed or gave other answers; false: it was not asked. */
  readonly trouble: boolean;
}

export type Row = TimedRow | UntimedRow;

export function isTimed(row: Row): row is TimedRow {
  return !('untimed' in row);
}

/** Figures of the runs of one peer in one mode. */
export function timedRow(
  key: RowKey,
  runs: readonly number[],
  rest: Pick<TimedRow, 'firstCallMillis' | 'cores' | 'difference' | 'remark'>,
): TimedRow {
  const fastestMillis = Math.min(...runs);
  return {
    ...key,
    fastestMillis,
    medianMillis: median(runs),
    runs: runs.length,
    gflops: floatingOperations(key.job, key.mode) / fastestMillis / 1e6,
    ...rest,
  };
}

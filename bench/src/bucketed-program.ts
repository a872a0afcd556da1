/** The IMDB program with batches of near length and masks, beside the one that pads every review: time and accuracy, seed by seed. */
import { mean, median } from './measure.js';
import { type ModelName, type ProgramReport, withProgram } from './run-program.js';
import type { Verdict } from './targets/judge.js';

/** One way of one seed. Units: seconds; accuracy as a part in [0, 1]. */
export interface FeedRun {
  readonly total: number;
  /** The best of its epochs. */
  readonly valAccuracy: number;
  readonly weightsSha256: string;
}

/** What one seed came to both ways. */
export interface SeedRuns {
  readonly model: ModelName;
  readonly seed: number;
  readonly padded: FeedRun;
  readonly bucketed: FeedRun;
}

export interface BucketFigures {
  readonly threads: number;
  readonly runs: readonly SeedRuns[];
}

export interface BucketRequest {
  readonly models: readonly ModelName[];
  /** Seeds 1 to this. */
  readonly seeds: number;
  readonly threads: number;
}

/** The part of the padded time that must not be reached. */
const TIME_SHARE = 0.7;

/** Trains each model with each seed, padded and bucketed in turns. `save` is called after each seed with what there is. */
export async function measureBuckets(
  data: string,
  { models, seeds, threads }: BucketRequest,
  save: (soFar: BucketFigures) => Promise<void>,
): Promise<BucketFigures> {
  const runs: SeedRuns[] = [];
  await withProgram(data, async (run) => {
    for (const model of models) {
      for (let seed = 1; seed <= seeds; seed++) {
        const padded = feedRun(await run({ model, seed, threads }));
        const bucketed = feedRun(await run({ model, seed, threads, bucket: true }));
        runs.push({ model, seed, padded, bucketed });
        await save({ threads, runs });
      }
    }
  });
  return { threads, runs };
}

function feedRun({ seconds, epochs, weightsSha256 }: ProgramReport): FeedRun {
  const valAccuracy = Math.max(...epochs.map((epoch) => epoch.valAccuracy));
  return { total: seconds.total, valAccuracy, weightsSha256 };
}

/**
 * For each model the median of the seeds' ratios of time, and the mean of their accuracies: what one seed comes to is chance, by
 * several points of a hundred for a SimpleRNN.
 */
export function judgeBuckets({ threads, runs }: BucketFigures): Verdict[] {
  return [...new Set(runs.map(({ model }) => model))].flatMap((model) => {
    const own = runs.filter((run) => run.model === model);
    const share = median(own.map(({ padded, bucketed }) => bucketed.total / padded.total));
    const seconds = median(own.map(({ bucketed }) => bucketed.total));
    const [padded, bucketed] = [
      mean(own.map((run) => run.padded.valAccuracy)),
      mean(own.map((run) => run.bucketed.valAccuracy)),
    ];
    return [
      {
        name: `IMDB bucketed, ${model}, ${threads} thread${threads === 1 ? '' : 's'}, median of ${own.length}`,
        time: `${seconds.toFixed(1)} s`,
        measured: `${share.toFixed(3)} × the padded time`,
        target: { text: `less than ${TIME_SHARE} ×`, met: share < TIME_SHARE },
      },
      {
        name: '  best validation accuracy, mean of seeds',
        time: '',
        measured: `${bucketed.toFixed(4)}${differenceOf(own)}`,
        target: { text: `at least the padded ${padded.toFixed(4)}`, met: bucketed >= padded },
      },
    ];
  });
}

/** Mean and standard error of what bucketing adds to a seed's accuracy; nothing can be said of one seed. */
function differenceOf(runs: readonly SeedRuns[]): string {
  if (runs.length < 2) return '';
  const differences = runs.map(({ padded, bucketed }) => bucketed.valAccuracy - padded.valAccuracy);
  const middle = mean(differences);
  const squares = differences.map((difference) => (difference - middle) ** 2);
  const error = Math.sqrt(mean(squares) / (runs.length - 1));
  return ` (${middle < 0 ? '−' : '+'}${Math.abs(middle).toFixed(4)} ± ${error.toFixed(4)})`;
}

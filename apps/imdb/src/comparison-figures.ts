/** Every figure of a comparison, as `--json` writes it. The fields are a promise to other programs. */
import { type BestEpoch, bestEpoch } from './best-epoch.js';
import { type RunFigures, rounded } from './run-figures.js';

/** One of the networks. */
export interface ComparedFigures
  extends Pick<
    RunFigures,
    'model' | 'params' | 'kernels' | 'kernelsReason' | 'epochs' | 'test' | 'weightsSha256' | 'ended'
  > {
  /** null without validation or without an epoch. */
  readonly best: BestEpoch | null;
  readonly seconds: {
    /** The mean of the epochs, validation included; null without an epoch. */
    readonly perEpoch: number | null;
    /** Of training, validation included. */
    readonly train: number;
    readonly evaluate: number;
    /** Of everything, from making the network to keeping its results. */
    readonly total: number;
  };
}

export interface ComparisonFigures
  extends Pick<
    RunFigures,
    'data' | 'seed' | 'backend' | 'threads' | 'threadsReason' | 'bucketed' | 'settings'
  > {
  /** In the order of training; those that were not begun are missing. */
  readonly models: readonly ComparedFigures[];
  readonly seconds: { readonly load: number; readonly total: number };
  /** The most memory that the program held, in units of 10^6 bytes. */
  readonly peakRssMB: number;
  /** 'finished', 'interrupted', or 'unfinished' in a file that was written in between. */
  readonly ended: 'finished' | 'interrupted' | 'unfinished';
}

/** What a comparison shows of a run. */
export function comparedFigures(run: RunFigures): ComparedFigures {
  const { model, params, kernels, kernelsReason, epochs, test, weightsSha256, ended, seconds } = run;
  const { train, evaluate, total } = seconds;
  const inEpochs = epochs.reduce((sum, epoch) => sum + epoch.seconds, 0);
  const perEpoch = epochs.length === 0 ? null : rounded(inEpochs / epochs.length, 3);
  return {
    model,
    params,
    kernels,
    kernelsReason,
    best: bestEpoch(epochs) ?? null,
    test,
    seconds: { perEpoch, train, evaluate, total },
    epochs,
    weightsSha256,
    ended,
  };
}

/** The network with the highest accuracy on the test reviews, or several that share it. */
export function bestInTest(models: readonly ComparedFigures[]): ComparedFigures[] {
  const highest = Math.max(...models.map(({ test }) => test?.accuracy ?? Number.NEGATIVE_INFINITY));
  return models.filter(({ test }) => test?.accuracy === highest);
}

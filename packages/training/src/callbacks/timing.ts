/** Measures how long a training takes. */
import { checkFields } from '@ostinato/core';
import type { Callback } from '../callbacks.js';

/** One finished epoch; durations in seconds. */
export interface EpochTiming {
  /** Counts from 1, as in the history. */
  readonly epoch: number;
  /** Of all, validation and callbacks included. */
  readonly seconds: number;
  readonly validationSeconds: number;
  readonly batches: number;
  /** Of the batches, from the begin of each to its end. */
  readonly batchSeconds: {
    readonly mean: number;
    readonly median: number;
    readonly min: number;
    readonly max: number;
  };
  /** Trained samples in a second of the time that batches took; undefined when nobody knows how many there were. */
  readonly samplesPerSecond: number | undefined;
}

/** The callback and what it measured. */
export interface Timing extends Callback {
  /** The finished epochs of the last fit, those before a checkpoint that it went on from included. */
  readonly epochs: readonly EpochTiming[];
}

/** The epoch under way. */
interface Stretch {
  /** Seconds before an interruption. */
  before: number;
  since: number;
  validation: number;
  batches: number[];
}

const WHERE = 'timing';

const now = (): number => performance.now() / 1000;

/**
 * Measures epochs, batches and validation, and samples in a second. Times are no results: they differ from run to run.
 *
 * @example
 * const timer = timing();
 * await model.fit(x, y, { epochs: 3, callbacks: [timer] });
 * console.log(timer.epochs.at(-1)?.samplesPerSecond);
 */
export function timing(options: Readonly<Record<string, never>> = {}): Timing {
  checkFields(WHERE, options, []);
  let epochs: EpochTiming[] = [];
  let stretch = begin();
  let since = 0;
  return {
    name: WHERE,
    get epochs() {
      return epochs;
    },
    onTrainBegin: () => {
      epochs = [];
      stretch = begin();
    },
    onEpochBegin: () => {
      stretch = begin();
    },
    onBatchBegin: () => {
      since = now();
    },
    onBatchEnd: () => {
      stretch.batches.push(now() - since);
    },
    onTestBegin: () => {
      since = now();
    },
    onTestEnd: () => {
      stretch.validation += now() - since;
    },
    onEpochEnd: (epoch, _logs, { run }) => {
      epochs.push(summary(epoch, stretch, run?.samples));
      stretch = begin();
    },
    getState: () => {
      const { validation, batches } = stretch;
      return {
        json: { epochs: epochs.map(toJson), before: secondsOf(stretch), validation, batches: [...batches] },
      };
    },
    setState: ({ json }) => {
      const state = json as unknown as Omit<Stretch, 'since'> & { epochs: readonly EpochTiming[] };
      epochs = state.epochs.map((epoch) => ({
        ...epoch,
        samplesPerSecond: epoch.samplesPerSecond ?? undefined,
      }));
      const { before, validation, batches } = state;
      stretch = { before, validation, batches: [...batches], since: now() };
    },
  };
}

function begin(): Stretch {
  return { before: 0, since: now(), validation: 0, batches: [] };
}

function secondsOf({ before, since }: Stretch): number {
  return before + now() - since;
}

function summary(epoch: number, stretch: Stretch, samples: number | undefined): EpochTiming {
  const sorted = [...stretch.batches].sort((a, b) => a - b);
  const sum = sorted.reduce((total, each) => total + each, 0);
  const count = sorted.length;
  const middle = Math.floor(count / 2);
  const median = count % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return {
    epoch: epoch + 1,
    seconds: secondsOf(stretch),
    validationSeconds: stretch.validation,
    batches: count,
    batchSeconds: { mean: sum / count, median, min: sorted[0]!, max: sorted.at(-1)! },
    samplesPerSecond: samples === undefined ? undefined : samples / sum,
  };
}

function toJson({ samplesPerSecond = null as never, batchSeconds, ...rest }: EpochTiming) {
  return { ...rest, batchSeconds: { ...batchSeconds }, samplesPerSecond: samplesPerSecond as number | null };
}

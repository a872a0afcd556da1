/** The options of `fit`, checked, and the data they speak of. */
import { checkBoolean, checkSize, OstinatoError, show } from '@ostinato/core';
import type { Callback } from './callbacks.js';
import { checkCallbacks } from './check-callbacks.js';
import { checkOptions, checkSignal } from './check-options.js';
import type { ArrayInput } from './data/host-array.js';
import { type Samples, splitValidation, toSamples } from './data/samples.js';

export interface FitOptions {
  /** The epoch at which training ends, counted from the first one ever. Default 1. */
  readonly epochs?: number | undefined;
  /** Epochs that are done already, from an earlier run. Default 0. */
  readonly initialEpoch?: number | undefined;
  /** Samples to a step. Default 32. */
  readonly batchSize?: number | undefined;
  /** Sets this part of the samples aside for validation: the last ones, before any shuffling. Default 0. */
  readonly validationSplit?: number | undefined;
  /** Inputs and targets, and perhaps sample weights, to validate on after each epoch. */
  readonly validationData?: readonly [x: ArrayInput, y: ArrayInput, sampleWeight?: ArrayInput] | undefined;
  /** Takes the samples in a new order each epoch; the seed and the epoch determine it. Default true. */
  readonly shuffle?: boolean | undefined;
  /** A weight for each sample, or for each step of each sample. */
  readonly sampleWeight?: ArrayInput | undefined;
  readonly callbacks?: readonly Callback[] | undefined;
  /** Stops between batches; `fit` then returns what there is, with `stopped: true`. */
  readonly signal?: AbortSignal | undefined;
}

const FIELDS = [
  'epochs',
  'initialEpoch',
  'batchSize',
  'validationSplit',
  'validationData',
  'shuffle',
  'sampleWeight',
  'callbacks',
  'signal',
];

/** Options with their defaults, and data in one form. */
export interface FitPlan {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly callbacks: readonly Callback[];
  readonly signal: AbortSignal | undefined;
  readonly train: Samples;
  readonly validation: Samples | undefined;
}

/** Throws `config-…` for bad options, `validation-split`, `validation-twice`, and `input-…` for bad data. */
export async function prepareFit(
  x: ArrayInput,
  y: ArrayInput,
  options: FitOptions,
  where: string,
): Promise<FitPlan> {
  checkOptions(where, options, FIELDS);
  const { epochs = 1, initialEpoch = 0, batchSize = 32, shuffle = true, callbacks = [] } = options;
  checkSize(where, 'epochs', epochs);
  checkSize(where, 'batchSize', batchSize);
  checkBoolean(where, 'shuffle', shuffle);
  checkInitialEpoch(initialEpoch, where);
  checkCallbacks(callbacks, where);
  checkSignal(where, options.signal);
  const samples = await toSamples(x, y, options.sampleWeight, where);
  const parts = await takeValidation(samples, options, where);
  return { epochs, initialEpoch, batchSize, shuffle, callbacks, signal: options.signal, ...parts };
}

async function takeValidation(
  samples: Samples,
  { validationSplit = 0, validationData }: FitOptions,
  where: string,
): Promise<{ train: Samples; validation: Samples | undefined }> {
  if (validationSplit !== 0 && validationData !== undefined) {
    throw new OstinatoError('validation-twice', {
      where,
      what: 'Both `validationSplit` and `validationData` are given',
      fix: 'Leave one of them out',
    });
  }
  if (validationSplit !== 0) return splitValidation(samples, validationSplit, where);
  if (validationData === undefined) return { train: samples, validation: undefined };
  if (!Array.isArray(validationData) || validationData.length < 2 || validationData.length > 3) {
    throw new OstinatoError('config-validation-data', {
      where,
      what: '`validationData` is not inputs with targets',
      expected: '[x, y] or [x, y, sampleWeight]',
      received: show(validationData),
    });
  }
  const [x, y, weights] = validationData;
  return { train: samples, validation: await toSamples(x, y, weights, `${where}, validationData`) };
}

function checkInitialEpoch(value: unknown, where: string): void {
  if (Number.isSafeInteger(value) && (value as number) >= 0) return;
  throw new OstinatoError('config-initial-epoch', {
    where,
    what: '`initialEpoch` is not a number of epochs',
    expected: 'an integer ≥ 0',
    received: show(value),
  });
}

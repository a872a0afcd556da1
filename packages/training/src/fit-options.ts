/** The options of `fit`, checked. */
import { checkBoolean, checkSize, OstinatoError, type Registry, show } from '@ostinato/core';
import { type CallbackOrName, resolveCallbacks } from './callbacks/named-callbacks.js';
import type { Callback } from './callbacks.js';
import { checkCallbacks } from './check-callbacks.js';
import { checkOptions, checkSignal } from './check-options.js';
import { type Batches, isValidationBatches } from './data/batches.js';
import type { ClassWeight } from './data/class-weights.js';
import type { ModelData } from './data/named-arrays.js';

export interface FitOptions {
  /** The epoch at which training ends, counted from the first one ever. Default 1. */
  readonly epochs?: number | undefined;
  /** Epochs that are done already, from an earlier run. Default 0. */
  readonly initialEpoch?: number | undefined;
  /** Samples to a step. Default 32. */
  readonly batchSize?: number | undefined;
  /** Sets this part of the samples aside for validation: the last ones, before any shuffling. Default 0. */
  readonly validationSplit?: number | undefined;
  /** Inputs and targets, and perhaps sample weights, to validate on after each epoch; or batches of them. */
  readonly validationData?:
    | readonly [x: ModelData, y: ModelData, sampleWeight?: ModelData]
    | Batches
    | undefined;
  /**
   * Samples to a batch of the validation, which may be larger: it needs less memory. Stateful layers need batches of one
   * size. Default `batchSize`.
   */
  readonly validationBatchSize?: number | undefined;
  /** Takes the samples in a new order each epoch; the seed and the epoch determine it. Default true. */
  readonly shuffle?: boolean | undefined;
  /** A weight for each sample, or for each step of each sample; an axis of one may follow. */
  readonly sampleWeight?: ModelData | undefined;
  /** A weight for the samples of each class, of a model with one output: `{ 0: 1, 1: 4.5 }`. Default 1. Not in validation. */
  readonly classWeight?: ClassWeight | undefined;
  /** Objects with hooks, or names of callbacks, alone or with their options: `{ name, config }`. */
  readonly callbacks?: readonly CallbackOrName[] | undefined;
  /** Stops between batches; `fit` then returns what there is, with `stopped: true`. */
  readonly signal?: AbortSignal | undefined;
}

/** Options for batches, which are cut, ordered and weighted already. */
export type FitBatchesOptions = Omit<
  FitOptions,
  'batchSize' | 'validationSplit' | 'shuffle' | 'sampleWeight'
>;

const FIELDS = [
  'epochs',
  'initialEpoch',
  'batchSize',
  'validationSplit',
  'validationData',
  'validationBatchSize',
  'shuffle',
  'sampleWeight',
  'classWeight',
  'callbacks',
  'signal',
];

/** Options with their defaults. */
export interface FullFitOptions extends Omit<FitOptions, 'callbacks'> {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  readonly validationBatchSize: number;
  readonly shuffle: boolean;
  readonly callbacks: readonly Callback[];
}

/** Throws `config-…` for bad options, `validation-twice`. */
export function checkFitOptions(options: FitOptions, registry: Registry, where: string): FullFitOptions {
  checkOptions(where, options, FIELDS);
  const { epochs = 1, initialEpoch = 0, batchSize = 32, shuffle = true } = options;
  const { validationBatchSize = batchSize } = options;
  const callbacks = resolveCallbacks(options.callbacks ?? [], registry, where);
  checkSize(where, 'epochs', epochs);
  checkSize(where, 'batchSize', batchSize);
  checkSize(where, 'validationBatchSize', validationBatchSize);
  checkBoolean(where, 'shuffle', shuffle);
  checkInitialEpoch(initialEpoch, where);
  checkCallbacks(callbacks, where);
  checkSignal(where, options.signal);
  const { validationSplit = 0, validationData } = options;
  if (options.validationBatchSize !== undefined && isValidationBatches(validationData)) {
    throw new OstinatoError('batches-option', {
      where,
      what: '`validationBatchSize` does not apply to batches, which are cut already',
      fix: 'Leave it out, or give arrays as `validationData`',
    });
  }
  if (validationSplit !== 0 && validationData !== undefined) {
    throw new OstinatoError('validation-twice', {
      where,
      what: 'Both `validationSplit` and `validationData` are given',
      fix: 'Leave one of them out',
    });
  }
  return { ...options, epochs, initialEpoch, batchSize, validationBatchSize, shuffle, callbacks };
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

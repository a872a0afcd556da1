/** Hooks into `fit`. */
import type { JsonValue } from '@ostinato/core';
import type { Model } from './model/model.js';
import type { Logs } from './running-figures.js';
import type { NamedArray } from './weights.js';

type Awaitable = void | Promise<void>;

/** What a callback needs to go on where it was: it stands in checkpoints. */
export interface CallbackState {
  readonly json: JsonValue;
  readonly tensors?: readonly NamedArray[];
}

/**
 * An object with any of these hooks. `fit` awaits what they return.
 *
 * Epochs and batches count from 0, as in Keras. A hook may call `model.stop()`, change `model.optimizer.learningRate`,
 * or look at `model.run`. A fit that goes on from a checkpoint calls `onTrainBegin`, then `setState`, then the hooks that
 * the undisturbed fit would have called from there on: `onEpochBegin` is not called again for an epoch that had begun.
 */
export interface Callback {
  /** Under which checkpoints keep its state; without one, its place in the list counts. */
  readonly name?: string;
  /**
   * Stands nearest to the training: its hooks are called after those of the others, and its `onTrainEnd` before them.
   * For what saves the whole state: it then sees what the others made of a batch or an epoch, and not what they do at
   * the end, such as taking the best weights back.
   */
  readonly innermost?: boolean;
  onTrainBegin?(model: Model): Awaitable;
  /** `logs`: those of the last finished epoch, if one was. Not called when training ends in an error. */
  onTrainEnd?(logs: Logs | undefined, model: Model): Awaitable;
  onEpochBegin?(epoch: number, model: Model): Awaitable;
  /** `logs`: the epoch's figures, validation included. */
  onEpochEnd?(epoch: number, logs: Logs, model: Model): Awaitable;
  onBatchBegin?(batch: number, model: Model): Awaitable;
  /** `logs`: figures of the epoch so far, as Keras shows them. */
  onBatchEnd?(batch: number, logs: Logs, model: Model): Awaitable;
  /**
   * A step of training threw, e.g. `loss-nan`; its batch counts for nothing. true ends the training here, as if it was
   * stopped, with the error's message as the reason; else `fit` throws the error.
   */
  onBatchError?(batch: number, error: unknown, model: Model): boolean | Promise<boolean>;
  /** Validation inside `fit` begins. */
  onTestBegin?(model: Model): Awaitable;
  /** `logs`: the figures of validation, under their own names (`loss`, not `valLoss`). */
  onTestEnd?(logs: Logs, model: Model): Awaitable;
  /** What it needs to go on later; asked between batches and between epochs. */
  getState?(): CallbackState | Promise<CallbackState>;
  /** Goes on from a state that `getState` gave, after `onTrainBegin`. A fit that its state had ended is ended by `model.stop()`. */
  setState?(state: CallbackState, model: Model): Awaitable;
}

/** Hooks into `fit`. */
import type { Logs } from './running-figures.js';
import type { Sequential } from './sequential.js';

type Awaitable = void | Promise<void>;

/**
 * An object with any of these hooks. `fit` awaits what they return.
 *
 * Epochs and batches count from 0, as in Keras. A hook may call `model.stop()`, or change
 * `model.optimizer.learningRate`.
 */
export interface Callback {
  onTrainBegin?(model: Sequential): Awaitable;
  /** `logs`: those of the last finished epoch, if one was. Not called when training ends in an error. */
  onTrainEnd?(logs: Logs | undefined, model: Sequential): Awaitable;
  onEpochBegin?(epoch: number, model: Sequential): Awaitable;
  /** `logs`: the epoch's figures, validation included. */
  onEpochEnd?(epoch: number, logs: Logs, model: Sequential): Awaitable;
  onBatchBegin?(batch: number, model: Sequential): Awaitable;
  /** `logs`: figures of the epoch so far, as Keras shows them. */
  onBatchEnd?(batch: number, logs: Logs, model: Sequential): Awaitable;
}

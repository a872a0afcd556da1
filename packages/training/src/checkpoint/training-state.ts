/** What a training is made of, so that it can go on elsewhere as if nothing had happened. */
import type { JsonObject } from '@ostinato/core';
import type { CallbackState } from '../callbacks.js';
import type { EpochRecord } from '../history.js';
import type { InputSpec } from '../model/network.js';
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import type { FiguresState } from '../running-figures.js';
import type { NamedArray } from '../weights.js';

/** What comes next, counted from 0. */
export interface Cursor {
  readonly epoch: number;
  /** As many batches of the epoch are done; after the last one, its validation comes next. */
  readonly batch: number;
  /** Whether `onEpochBegin` of the epoch was called. */
  readonly begun: boolean;
}

/**
 * A whole training between two batches.
 *
 * There are no states of random streams in it: every stream is named by the seed and by the step or the epoch that it is
 * for, so the counts are enough.
 */
export interface TrainingState {
  /** Versions of what wrote it, by package. */
  readonly versions: JsonObject;
  /** What must not differ where it goes on: the model, how it learns, the data's sizes. */
  readonly facts: JsonObject;
  /** The first data of a model that was built for them; null when it was told beforehand what would come. */
  readonly inputs: readonly InputSpec[] | null;
  readonly cursor: Cursor;
  /** How long the epoch took so far. */
  readonly seconds: number;
  /** Sums of the epoch so far; null at its beginning. */
  readonly figures: FiguresState | null;
  readonly history: readonly EpochRecord[];
  readonly weights: readonly NamedArray[];
  readonly optimizer: SavedOptimizerState;
  /** States that stateful layers keep, under `<path>/<name>`. */
  readonly kept: readonly NamedArray[];
  readonly callbacks: ReadonlyMap<string, CallbackState>;
}

/** Where a fit stands: what `model.run` tells, and what a checkpoint keeps. */
import type { Callback } from './callbacks.js';
import { callbacksByKey } from './checkpoint/callback-states.js';
import type { FitFacts } from './checkpoint/facts.js';
import type { Cursor, TrainingState } from './checkpoint/training-state.js';
import type { History } from './history.js';
import type { RunningFigures } from './running-figures.js';
import type { NamedArray } from './weights.js';

/** A running fit; epochs and batches count from 0. */
export interface FitPosition {
  readonly epochs: number;
  readonly initialEpoch: number;
  /** Batches and samples to an epoch; undefined when that is not known beforehand. */
  readonly batches: number | undefined;
  readonly samples: number | undefined;
  /** Whether each epoch ends with a validation. */
  readonly validated: boolean;
  /** What is under way. */
  readonly epoch: number;
  readonly batch: number;
  /** Whether its signal ended it: it is to go on later, from the weights as they are. */
  readonly interrupted: boolean;
}

/** What a fit is told of itself before it begins. */
export interface FitPlan extends Omit<FitPosition, 'epoch' | 'batch' | 'interrupted'> {
  readonly facts: FitFacts;
  readonly callbacks: readonly Callback[];
  readonly history: History;
}

export class FitProgress implements FitPosition {
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batches: number | undefined;
  readonly samples: number | undefined;
  readonly validated: boolean;
  readonly facts: FitFacts;
  readonly history: History;
  readonly callbacks: ReadonlyMap<string, Callback>;
  epoch: number;
  batch = 0;
  interrupted = false;
  /** Whether the fit is under way, and whether it is past the point at which it may still go on from a checkpoint. */
  phase: 'opening' | 'training' | 'ended' = 'opening';
  /** Of the epoch so far; made anew for each. */
  figures: RunningFigures | undefined;
  /** Sums with which the first epoch goes on. */
  restored: TrainingState['figures'] = null;
  /** States that layers kept before the validation that is under way: that changes them. */
  held: readonly NamedArray[] | undefined;
  #next: Cursor;
  #secondsBefore = 0;
  /** When the epoch began or went on. */
  #since: number | undefined;

  constructor({ epochs, initialEpoch, batches, samples, validated, facts, callbacks, history }: FitPlan) {
    this.epochs = epochs;
    this.initialEpoch = initialEpoch;
    this.batches = batches;
    this.samples = samples;
    this.validated = validated;
    this.facts = facts;
    this.history = history;
    this.callbacks = callbacksByKey(callbacks);
    this.epoch = initialEpoch;
    this.#next = { epoch: initialEpoch, batch: 0, begun: false };
  }

  /** What comes next: a checkpoint that is made now goes on there. */
  get next(): Cursor {
    return this.#next;
  }

  /** Goes on where a checkpoint was made. */
  resume({ cursor, seconds, figures, history }: TrainingState): void {
    this.#next = cursor;
    this.epoch = cursor.epoch;
    this.batch = cursor.batch;
    this.restored = figures;
    this.#secondsBefore = seconds;
    this.history.epochs.push(...history);
  }

  /** Begins or goes on with the next epoch. Returns whether it begins. */
  openEpoch(): boolean {
    const { epoch, batch, begun } = this.#next;
    this.epoch = epoch;
    this.batch = batch;
    this.#since = performance.now();
    this.#next = { epoch, batch, begun: true };
    return !begun;
  }

  /** The batch that was under way is done. */
  closeBatch(): void {
    this.#next = { epoch: this.epoch, batch: this.batch + 1, begun: true };
  }

  /** The epoch that was under way is done, its validation too. */
  closeEpoch(): void {
    this.#next = { epoch: this.epoch + 1, batch: 0, begun: false };
    this.figures = undefined;
    this.restored = null;
    this.held = undefined;
    this.#secondsBefore = 0;
    this.#since = undefined;
  }

  /** The fit is over: finished, stopped or failed. */
  end(): void {
    this.#secondsBefore = this.seconds;
    this.#since = undefined;
    this.phase = 'ended';
  }

  /** How long the epoch took so far, before an interruption and since. */
  get seconds(): number {
    return this.#secondsBefore + (this.#since === undefined ? 0 : (performance.now() - this.#since) / 1000);
  }

  /** For users: what they may know of it, as it is now. */
  position(): FitPosition {
    const { epochs, initialEpoch, batches, samples, validated, epoch, batch, interrupted } = this;
    return { epochs, initialEpoch, batches, samples, validated, epoch, batch, interrupted };
  }
}

/** What a run of `fit` leaves on record. */
import type { Logs } from './running-figures.js';

/** One epoch: `loss` and the metrics of training, and with validation `valLoss`, `valAccuracy` and so on. */
export interface EpochRecord {
  /** Counts from 1. */
  readonly epoch: number;
  /** How long it took, validation included. */
  readonly seconds: number;
  readonly loss: number;
  readonly [figure: string]: number;
}

/** The finished epochs of a run. */
export class History {
  readonly epochs: EpochRecord[] = [];
  /** true when it was stopped before its last epoch was over. */
  stopped = false;
  /** Why it was stopped, if whoever stopped it said so. */
  reason: string | undefined;
  /** How many steps repeated the operations of one before, without asking the layers: see `runEagerly` of `compile`. */
  replayed = 0;
  /** What kept steps from being repeated, if anything did. */
  replayRefusal: string | undefined;

  /** Keras' form: the figures of all epochs by name. */
  get history(): Record<string, number[]> {
    const byName: Record<string, number[]> = {};
    for (const { epoch: _, seconds: __, ...figures } of this.epochs) {
      for (const [name, value] of Object.entries(figures)) {
        byName[name] = [...(byName[name] ?? []), value];
      }
    }
    return byName;
  }
}

/** `{ loss, accuracy }` as `{ valLoss, valAccuracy }`. */
export function asValidation(logs: Logs): Record<string, number> {
  return Object.fromEntries(
    Object.entries(logs).map(([name, value]) => [
      `val${name.charAt(0).toUpperCase()}${name.slice(1)}`,
      value,
    ]),
  );
}

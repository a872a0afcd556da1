/** The epoch in which a network did best on the reviews that it was checked on. */
import type { EpochRecord } from '@ostinato/training';

export interface BestEpoch {
  /** From 1. */
  readonly epoch: number;
  readonly valAccuracy: number;
}

/** The first of the best epochs; undefined without validation or without an epoch. */
export function bestEpoch(epochs: readonly EpochRecord[]): BestEpoch | undefined {
  let best: BestEpoch | undefined;
  for (const { epoch, valAccuracy } of epochs) {
    if (valAccuracy !== undefined && valAccuracy > (best?.valAccuracy ?? Number.NEGATIVE_INFINITY)) {
      best = { epoch, valAccuracy };
    }
  }
  return best;
}

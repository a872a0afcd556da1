/** How much there is to train. */

export interface Work {
  readonly epochs: number;
  /** Batches of training in an epoch. */
  readonly batches: number;
  /** As many batches of that size as validation takes after each epoch. */
  readonly validationBatches: number;
}

/** A batch that is only looked at costs about this part of one that is learned from. */
export const VALIDATION_COST = 0.4;

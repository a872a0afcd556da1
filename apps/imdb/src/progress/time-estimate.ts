/** How long the rest of a training takes, judged by what is done. */

export interface Work {
  readonly epochs: number;
  /** Batches of training in an epoch. */
  readonly batches: number;
  /** Batches of validation after each epoch. */
  readonly validationBatches: number;
}

/** A batch that is only looked at costs about this part of one that is learned from, until an epoch has shown it. */
export const VALIDATION_COST = 0.4;

/** Batches that say little about the rest: code is compiled, memory grows. */
const WARM_UP = 2;

/** When an estimate is worth saying: after so many batches, or after a few slow ones. */
const ENOUGH_BATCHES = 20;
const ENOUGH_SECONDS = 5;

/**
 * Counts batches and epochs; the caller brings the clock, in seconds.
 *
 * @example
 * const estimate = new TimeEstimate(work, now());
 * estimate.batchDone(now());
 * estimate.left(now());
 */
export class TimeEstimate {
  readonly #work: Work;
  #epochStart: number;
  /** Since when, and how many batches, the mean goes. */
  #since: { readonly time: number; readonly batches: number };
  #epochs = 0;
  #batches = 0;
  #secondsPerBatch = Number.NaN;
  #secondsPerEpoch = Number.NaN;

  constructor(work: Work, now: number) {
    this.#work = work;
    this.#epochStart = now;
    this.#since = { time: now, batches: 0 };
  }

  batchDone(now: number): void {
    this.#batches++;
    this.#secondsPerBatch = (now - this.#since.time) / (this.#batches - this.#since.batches);
    if (this.#epochs === 0 && this.#batches === WARM_UP) this.#since = { time: now, batches: WARM_UP };
  }

  epochDone(now: number): void {
    this.#secondsPerEpoch = now - this.#epochStart;
    this.#epochStart = now;
    this.#since = { time: now, batches: 0 };
    this.#epochs++;
    this.#batches = 0;
  }

  get secondsPerBatch(): number {
    return this.#secondsPerBatch;
  }

  /** Whether enough was seen to say it aloud. */
  reliable(now: number): boolean {
    if (this.#epochs > 0 || this.#batches >= Math.min(ENOUGH_BATCHES, this.#work.batches)) return true;
    return this.#batches > WARM_UP && now - this.#epochStart > ENOUGH_SECONDS;
  }

  /** Seconds until the training batches of this epoch are done. */
  epochLeft(): number {
    return (this.#work.batches - this.#batches) * this.#secondsPerBatch;
  }

  /** Seconds until the last epoch is over, validation included. */
  left(now: number): number {
    const { epochs, batches, validationBatches } = this.#work;
    const perEpoch =
      this.#epochs > 0
        ? this.#secondsPerEpoch
        : (batches + VALIDATION_COST * validationBatches) * this.#secondsPerBatch;
    const planned = (epochs - this.#epochs) * perEpoch - (now - this.#epochStart);
    return Math.max(planned, this.#batches > 0 ? this.epochLeft() : 0);
  }
}

/** How long the rest of a training takes, judged by what is done. */

export interface Work {
  /** Epochs from the one that begins now on. */
  readonly epochs: number;
  /** Batches of training in an epoch; undefined until an epoch has shown it. */
  readonly batches: number | undefined;
  /** Batches of validation after each epoch. */
  readonly validationBatches: number;
  /** Batches of the first epoch that an earlier run has done. Default 0. */
  readonly doneBatches?: number;
}

/** A batch that is only looked at costs about this part of one that is learned from, until an epoch has shown it. */
const VALIDATION_COST = 0.4;

/** Batches that say little about the rest: code is compiled, memory grows. */
const WARM_UP = 2;

/** When an estimate is worth saying: after so many batches, or after a few slow ones. */
const ENOUGH_BATCHES = 20;
const ENOUGH_SECONDS = 5;

/**
 * Counts batches and epochs; the caller brings the clock, in seconds. What cannot be known yet is NaN.
 *
 * @example
 * const estimate = new TimeEstimate(work, now());
 * estimate.batchDone(now());
 * estimate.left(now());
 */
export class TimeEstimate {
  readonly #work: Work;
  /** Batches done when counting began. */
  readonly #first: number;
  #perEpoch: number;
  #epochStart: number;
  /** Since when, and how many batches, the mean goes. */
  #since: { readonly time: number; readonly batches: number };
  #epochs = 0;
  #batches: number;
  #secondsPerBatch = Number.NaN;
  #secondsPerEpoch = Number.NaN;

  constructor(work: Work, now: number) {
    this.#work = work;
    this.#first = work.doneBatches ?? 0;
    this.#perEpoch = work.batches ?? Number.NaN;
    this.#epochStart = now;
    this.#batches = this.#first;
    this.#since = { time: now, batches: this.#first };
  }

  batchDone(now: number): void {
    this.#batches++;
    this.#secondsPerBatch = (now - this.#since.time) / (this.#batches - this.#since.batches);
    if (this.#epochs === 0 && this.#batches === this.#first + WARM_UP) {
      this.#since = { time: now, batches: this.#batches };
    }
  }

  epochDone(now: number): void {
    const whole = this.#epochs > 0 || this.#first === 0;
    if (whole) this.#secondsPerEpoch = now - this.#epochStart;
    this.#perEpoch = this.#batches;
    this.#epochStart = now;
    this.#since = { time: now, batches: 0 };
    this.#epochs++;
    this.#batches = 0;
  }

  /** Batches in an epoch, NaN until that is known. */
  get batchesPerEpoch(): number {
    return this.#perEpoch;
  }

  /** Batches of this epoch that are done. */
  get batches(): number {
    return this.#batches;
  }

  get secondsPerBatch(): number {
    return this.#secondsPerBatch;
  }

  /** Whether enough was seen to say it aloud. */
  reliable(now: number): boolean {
    if (Number.isNaN(this.#perEpoch)) return false;
    const done = this.#batches - this.#first;
    if (this.#epochs > 0 || done >= Math.min(ENOUGH_BATCHES, this.#perEpoch - this.#first)) return true;
    return done > WARM_UP && now - this.#epochStart > ENOUGH_SECONDS;
  }

  /** Seconds until the training batches of this epoch are done. */
  epochLeft(): number {
    return (this.#perEpoch - this.#batches) * this.#secondsPerBatch;
  }

  /** Seconds until the last epoch is over, validation included. */
  left(now: number): number {
    const { epochs, validationBatches } = this.#work;
    const each = Number.isNaN(this.#secondsPerEpoch)
      ? (this.#perEpoch + VALIDATION_COST * validationBatches) * this.#secondsPerBatch
      : this.#secondsPerEpoch;
    const before = this.#epochs === 0 ? this.#first * this.#secondsPerBatch : 0;
    const planned = (epochs - this.#epochs) * each - before - (now - this.#epochStart);
    return Math.max(planned, this.#batches > 0 ? this.epochLeft() : 0);
  }
}

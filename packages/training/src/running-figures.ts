/** Loss and metrics over several batches. */
import type { BatchFigures } from './batch-figures.js';
import type { Figure } from './model/objectives.js';

/**
 * Named figures: `loss`, of several outputs each one's loss, then each metric under its name; one with several figures
 * has `name[…]` for each.
 */
export interface Logs {
  readonly loss: number;
  readonly [figure: string]: number;
}

/** The sums so far, for checkpoints. */
export interface FiguresState {
  readonly loss: number;
  readonly samples: number;
  /** Totals of each metric. */
  readonly totals: readonly (readonly number[])[];
}

/** Sums the figures of batches, so that those of an epoch are of its samples and not means of unequal batches. */
export class RunningFigures {
  readonly #figures: readonly Figure[];
  #totals: Float64Array[] = [];
  #loss = 0;
  #samples = 0;

  constructor(figures: readonly Figure[]) {
    this.#figures = figures;
  }

  add({ loss, totals }: BatchFigures, samples: number): void {
    this.#loss += loss * samples;
    this.#samples += samples;
    if (this.#totals.length === 0) this.#totals = this.#figures.map(({ size }) => new Float64Array(size));
    let next = 0;
    for (const sums of this.#totals) for (let i = 0; i < sums.length; i++) sums[i]! += totals[next++]!;
  }

  state(): FiguresState {
    const totals = this.#totals.map((sums) => [...sums]);
    return { loss: this.#loss, samples: this.#samples, totals };
  }

  /** Goes on with sums that `state` gave. */
  restore({ loss, samples, totals }: FiguresState): void {
    this.#loss = loss;
    this.#samples = samples;
    this.#totals = totals.map((sums) => Float64Array.from(sums));
  }

  /** The figures so far. */
  logs(): Logs {
    const figures = this.#figures.map((figure, i) => figure.read(this.#totals[i]!));
    return { loss: this.#loss / this.#samples, ...Object.fromEntries(figures.flat()) };
  }
}

/** Loss and metrics over several batches. */
import type { Metric } from '@ostinato/core';
import type { BatchFigures } from './batch-figures.js';

/** Named figures: `loss`, then each metric under its name. */
export interface Logs {
  readonly loss: number;
  readonly [figure: string]: number;
}

/** Sums the figures of batches, so that those of an epoch are of its samples and not means of unequal batches. */
export class RunningFigures {
  readonly #metrics: readonly Metric[];
  readonly #totals: Float64Array[];
  #loss = 0;
  #samples = 0;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = metrics;
    this.#totals = metrics.map(({ size }) => new Float64Array(size));
  }

  add({ loss, totals }: BatchFigures, samples: number): void {
    this.#loss += loss * samples;
    this.#samples += samples;
    let next = 0;
    for (const sums of this.#totals) for (let i = 0; i < sums.length; i++) sums[i]! += totals[next++]!;
  }

  /** The figures so far. */
  logs(): Logs {
    const figures = this.#metrics.map((metric, i) => [metric.name, metric.result(this.#totals[i]!)]);
    return { loss: this.#loss / this.#samples, ...Object.fromEntries(figures) };
  }
}

/** Loss and metrics over several batches. */
import type { Metric } from '@ostinato/core';
import type { BatchFigures } from './batch-figures.js';

/** Named figures: `loss`, then each metric under its name; one with several figures has `name[…]` for each. */
export interface Logs {
  readonly loss: number;
  readonly [figure: string]: number;
}

/** Sums the figures of batches, so that those of an epoch are of its samples and not means of unequal batches. */
export class RunningFigures {
  readonly #metrics: readonly Metric[];
  #totals: Float64Array[] = [];
  #loss = 0;
  #samples = 0;

  constructor(metrics: readonly Metric[]) {
    this.#metrics = metrics;
  }

  add({ loss, totals }: BatchFigures, samples: number): void {
    this.#loss += loss * samples;
    this.#samples += samples;
    if (this.#totals.length === 0) this.#totals = this.#metrics.map(({ size }) => new Float64Array(size));
    let next = 0;
    for (const sums of this.#totals) for (let i = 0; i < sums.length; i++) sums[i]! += totals[next++]!;
  }

  /** The figures so far. */
  logs(): Logs {
    const figures = this.#metrics.map((metric, i) => figuresOf(metric, this.#totals[i]!));
    return { loss: this.#loss / this.#samples, ...Object.fromEntries(figures.flat()) };
  }
}

/** A metric's figures by the names under which they are reported: one, or several such as `f1Score[0]`. */
export function figuresOf(metric: Metric, totals: Float64Array): [string, number][] {
  const several = metric.results?.(totals);
  if (!several) return [[metric.name, metric.result(totals)]];
  return Object.entries(several).map(([part, value]) => [`${metric.name}${part}`, value]);
}

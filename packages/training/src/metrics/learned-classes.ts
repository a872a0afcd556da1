/** The number of classes, for metrics with totals for each: known from the first batch on. */
import { OstinatoError } from '@ostinato/core';

/** Throws `metric-classes` when a later batch has another number: that belongs to another output. */
export class LearnedClasses {
  readonly #where: string;
  readonly #most: number;
  #count = 0;

  constructor(where: string, most = Number.POSITIVE_INFINITY) {
    this.#where = where;
    this.#most = most;
  }

  /** 0 before the first batch. */
  get count(): number {
    return this.#count;
  }

  /** Takes note of a batch. */
  see(classes: number): number {
    if (classes > this.#most)
      throw this.#refusal(
        `The predictions have more classes than figures are useful for`,
        `at most ${this.#most}`,
        classes,
      );
    if (this.#count !== 0 && this.#count !== classes) {
      throw this.#refusal(
        'One metric object sees outputs with different numbers of classes',
        `${this.#count} as before`,
        classes,
      );
    }
    this.#count = classes;
    return classes;
  }

  #refusal(what: string, expected: string, received: number): OstinatoError {
    return new OstinatoError('metric-classes', {
      where: this.#where,
      what,
      expected,
      received: String(received),
      fix: 'Give each output a metric object of its own, or the name of the metric',
    });
  }
}

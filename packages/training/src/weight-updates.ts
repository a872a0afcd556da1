/** New values of weights that no gradient trains: collected through a step, taken with it or not at all. */
import { type CallContext, OstinatoError, type Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * What layers ask for while a step runs.
 *
 * Memory   keeps the new values until `accept` or `reject`; after either it is empty
 */
export class WeightUpdates {
  readonly #next = new Map<Param, tf.Tensor>();

  /**
   * Takes a new value for `CallContext.update`. A second one for the same weight is made of the first, so a layer that
   * is called twice in a step counts twice.
   *
   * Throws   `param-update` for a weight that the optimizer trains; `shape-mismatch`
   */
  readonly take: CallContext['update'] = (param, next) => {
    if (param.trainable) throw trained(param);
    const present = this.#next.get(param);
    const value = tf.tidy(() => {
      const made = next(present ?? param.tensor);
      param.checkValue(made);
      return tf.clone(made); // a tensor of its own, whatever `next` returned
    });
    this.#next.set(param, tf.keep(value));
    present?.dispose();
  };

  get params(): readonly Param[] {
    return [...this.#next.keys()];
  }

  /** In the order of `params`. */
  get values(): readonly tf.Tensor[] {
    return [...this.#next.values()];
  }

  /** Takes what a step like this one gave `params`. Memory: keeps `values` from here on. */
  adopt(params: readonly Param[], values: readonly tf.Tensor[]): void {
    params.forEach((param, i) => {
      this.#next.set(param, tf.keep(values[i]!));
    });
  }

  /** For each new value a number that is finite only when all of its numbers are. */
  async sums(): Promise<ArrayLike<number> & Iterable<number>> {
    if (this.#next.size === 0) return [];
    const sums = tf.tidy(() => tf.stack([...this.#next.values()].map((value) => tf.sum(value))));
    try {
      return await sums.data();
    } finally {
      sums.dispose();
    }
  }

  /** Gives the weights their new values. */
  accept(): void {
    for (const [param, value] of this.#next) param.assign(value);
    this.#next.clear();
  }

  /** Leaves the weights as they are. */
  reject(): void {
    for (const value of this.#next.values()) value.dispose();
    this.#next.clear();
  }
}

function trained(param: Param): OstinatoError {
  return new OstinatoError('param-update', {
    where: param.path,
    what: 'A layer gives a new value to a weight that the optimizer trains',
    fix: 'Make the weight with `trainable: false`',
  });
}

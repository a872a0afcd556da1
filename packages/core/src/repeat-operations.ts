/** Calling recorded operations again. */
import { clone, Tensor, util } from '@tensorflow/tfjs-core';
import type { Layer } from './layer.js';
import type { Operation, Slot } from './recorded-operations.js';

/** What is to be called, and what is not wanted any more after each call. */
export interface Plan {
  readonly operations: readonly Operation[];
  readonly spent: readonly (readonly Slot[])[];
  /** What operations read, and the results. */
  readonly used: ReadonlySet<Slot>;
}

/** From the end to the beginning: what is met first is read last. All are called, those whose outputs nobody reads too: they may be there to throw. */
export function planOf(operations: readonly Operation[], results: readonly Slot[]): Plan {
  const made = new Set(operations.flatMap(({ outputs }) => outputs));
  const used = new Set(results);
  const spent = [...operations].reverse().map(({ inputs, outputs }) => {
    const last = [...new Set([...inputs, ...outputs])].filter((slot) => made.has(slot) && !used.has(slot));
    for (const slot of [...inputs, ...outputs]) used.add(slot);
    return last;
  });
  return { operations, spent: spent.reverse(), used };
}

/**
 * Operations in the order in which they were recorded.
 *
 * Memory   keeps the constants that they take until `dispose`
 */
export class Recording {
  readonly #plan: Plan;
  readonly #results: readonly Slot[];
  readonly #constants: ReadonlyMap<Slot, Tensor>;
  readonly #inputCount: number;
  readonly #layers: readonly (readonly [Layer, boolean])[];
  readonly #values: unknown[] = [];

  constructor(
    plan: Plan,
    results: readonly Slot[],
    constants: ReadonlyMap<Slot, Tensor>,
    inputCount: number,
    layers: ReadonlyMap<Layer, boolean>,
  ) {
    this.#plan = plan;
    this.#results = results;
    this.#constants = constants;
    this.#inputCount = inputCount;
    this.#layers = [...layers];
  }

  /** How many operations a replay calls. */
  get length(): number {
    return this.#plan.operations.length;
  }

  /** Bytes of the constants that it keeps. */
  get constantBytes(): number {
    let bytes = 0;
    for (const { size, dtype } of this.#constants.values()) bytes += size * util.bytesPerElement(dtype);
    return bytes;
  }

  /** Whether each layer that took part is trainable now if it was then. */
  get fits(): boolean {
    return this.#layers.every(([layer, trainable]) => layer.trainable === trainable);
  }

  /**
   * Calls the operations on `inputs`, which have the shapes and types of those that it was recorded with, in their order. Streams of random numbers are
   * those of `step`, as `stepStream` gives them.
   *
   * Memory   returns new tensors; call it inside `tidy`, which also disposes what there is when an operation throws
   * Throws   what an operation throws; `Error` when there are more or fewer inputs, or when a tensor has another shape than the recorded one
   */
  replay(inputs: readonly Tensor[], step: number): Tensor[] {
    const values = this.#values;
    const { operations, spent } = this.#plan;
    const count = this.#inputCount;
    if (inputs.length !== count) throw new Error(`${inputs.length} inputs in place of ${count}`);
    for (let slot = 0; slot < count; slot++) values[slot] = inputs[slot];
    values[count] = step;
    for (const [slot, constant] of this.#constants) values[slot] = constant;
    try {
      for (let i = 0; i < operations.length; i++) {
        operations[i]!.run(values);
        for (const slot of spent[i]!) {
          const value = values[slot];
          if (value instanceof Tensor) value.dispose();
          values[slot] = undefined;
        }
      }
      return this.#taken(values);
    } finally {
      values.length = 0;
    }
  }

  /** Each a tensor of its own, none of them an input or a constant. */
  #taken(values: readonly unknown[]): Tensor[] {
    const taken = new Set<Slot>();
    return this.#results.map((slot) => {
      const value = values[slot] as Tensor;
      const own = slot > this.#inputCount && !this.#constants.has(slot) && !taken.has(slot);
      taken.add(slot);
      return own ? value : clone(value);
    });
  }

  dispose(): void {
    for (const constant of this.#constants.values()) constant.dispose();
  }
}

/** What an optimizer keeps of each parameter, and the step that it proposes for all of them. */
import type { KernelFinder, Optimizer, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** A parameter and its gradient. */
export interface ParamGradient {
  readonly param: Param;
  readonly gradient: tf.Tensor;
}

/** What a step would make of a parameter. */
interface Change {
  readonly param: Param;
  readonly next: tf.Tensor;
  readonly slots: readonly tf.Tensor[];
  readonly sum: tf.Tensor;
}

/** A step that is computed but not taken. */
export interface Proposal {
  readonly changes: readonly Change[];
  /** One number for each new value: finite when all its numbers are. */
  readonly sums: tf.Tensor1D;
}

/**
 * An optimizer at work on the parameters of a model.
 *
 * Memory   owns the slots until `dispose`; a parameter's old value is disposed when it gets the new one
 */
export class OptimizerState {
  readonly optimizer: Optimizer;
  readonly #slots = new Map<Param, readonly tf.Tensor[]>();
  /** Steps taken so far. */
  steps = 0;

  constructor(optimizer: Optimizer) {
    this.optimizer = optimizer;
  }

  /**
   * The next step for all of them, each parameter's constraint included, before it is taken.
   *
   * Memory   the caller hands the proposal to `accept` or `reject`; does not dispose the gradients. A fused kernel may
   *          overwrite slots in place here already: what is rejected costs the state
   */
  propose(gradients: readonly ParamGradient[], kernels: KernelFinder): Proposal {
    const changes: Change[] = [];
    try {
      for (const given of gradients) changes.push(this.#change(given, kernels));
      return { changes, sums: tf.tidy(() => tf.stack(changes.map(({ sum }) => sum)) as tf.Tensor1D) };
    } catch (error) {
      for (const change of changes) this.#drop(change);
      throw error;
    } finally {
      for (const { sum } of changes) sum.dispose();
    }
  }

  /** Takes the step: parameters and slots get their new values. */
  accept({ changes, sums }: Proposal): void {
    sums.dispose();
    this.steps += 1;
    for (const { param, next, slots } of changes) {
      param.assign(next);
      for (const slot of this.#slotsOf(param)) if (!slots.includes(slot)) slot.dispose();
      this.#slots.set(param, slots.map(tf.keep));
    }
  }

  /** Leaves all parameters as they are, and starts anew: no slots, no steps taken. */
  reject({ changes, sums }: Proposal): void {
    sums.dispose();
    for (const change of changes) this.#drop(change);
    this.reset();
  }

  /** Forgets the slots and the steps taken. */
  reset(): void {
    this.dispose();
    this.steps = 0;
  }

  #change({ param, gradient }: ParamGradient, kernels: KernelFinder): Change {
    const old = this.#slotsOf(param);
    const made = tf.tidy(() => {
      const given = { param: param.tensor, gradient, slots: old, step: this.steps + 1 };
      const updated = this.optimizer.update(given, kernels);
      const next = param.constraint ? param.constraint.apply(updated.param) : updated.param;
      // a constraint may turn NaN into a number, or a number into NaN
      const free = zeroIfFinite(updated.param, kernels);
      const sum = param.constraint ? tf.add(free, zeroIfFinite(next, kernels)) : free;
      return { next, slots: [...updated.slots], sum };
    });
    return { param, ...made };
  }

  #drop({ param, next, slots }: Change): void {
    if (next !== param.tensor) next.dispose();
    const old = this.#slotsOf(param);
    for (const slot of slots) if (!old.includes(slot)) slot.dispose();
  }

  #slotsOf(param: Param): readonly tf.Tensor[] {
    const present = this.#slots.get(param);
    if (present) return present;
    const zeros = this.optimizer.slotNames.map(() => tf.keep(tf.zeros([...param.shape])));
    this.#slots.set(param, zeros);
    return zeros;
  }

  /** How many numbers it keeps, counted as Keras does: the slots, the step and the learning rate. */
  get size(): number {
    let size = 0;
    for (const slots of this.#slots.values()) for (const slot of slots) size += slot.size;
    return this.steps === 0 ? 0 : size + 2;
  }

  dispose(): void {
    for (const slots of this.#slots.values()) for (const slot of slots) slot.dispose();
    this.#slots.clear();
  }
}

/** 0 when all of them are finite, else NaN. */
function zeroIfFinite(values: tf.Tensor, kernels: KernelFinder): tf.Tensor {
  const fused = kernels.use('values.finite', {});
  return fused ? fused.run({ values }, {}) : tf.sum(tf.mul(values, 0));
}

/** What an optimizer keeps of each parameter, and the step that applies it to all of them. */
import type { KernelFinder, Optimizer, Param } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** A parameter and its gradient. */
export interface ParamGradient {
  readonly param: Param;
  readonly gradient: tf.Tensor;
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

  /** One step for all of them; then each parameter's constraint. Does not dispose the gradients. */
  apply(gradients: readonly ParamGradient[], kernels: KernelFinder): void {
    this.steps += 1;
    for (const { param, gradient } of gradients) {
      const old = this.#slotsOf(param);
      const { next, slots } = tf.tidy(() => {
        const given = { param: param.tensor, gradient, slots: old, step: this.steps };
        const updated = this.optimizer.update(given, kernels);
        const projected = param.constraint ? param.constraint.apply(updated.param) : updated.param;
        return { next: projected, slots: [...updated.slots] };
      });
      param.assign(next);
      for (const slot of old) if (!slots.includes(slot)) slot.dispose();
      this.#slots.set(param, slots.map(tf.keep));
    }
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

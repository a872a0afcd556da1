/** Tensors that outlive the step that made them: each its own, kept, and freed once. */
import type { Slots } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The same tensors, none of them `inputs` and none twice: whoever frees one frees no other.
 *
 * Memory   call it inside `tidy`
 */
export function ownTensors(slots: Slots, inputs: readonly tf.Tensor[]): Slots {
  const seen = [...inputs];
  return Object.fromEntries(
    Object.entries(slots).map(([name, slot]) => {
      const own = seen.includes(slot) ? tf.clone(slot) : slot;
      seen.push(own);
      return [name, own];
    }),
  );
}

export function keepTensors(slots: Slots): Slots {
  for (const slot of Object.values(slots)) tf.keep(slot);
  return slots;
}

/** Frees what is not among `but`. */
export function disposeTensors(slots: Slots, but: Slots = {}): void {
  const stay = Object.values(but);
  for (const slot of Object.values(slots)) if (!stay.includes(slot)) slot.dispose();
}

/** `tf.tidy` for results that TypeScript does not see as containers of tensors, such as objects of an interface. */
export function tidied<T extends object>(make: () => T): T {
  return tf.tidy(make as unknown as () => tf.TensorContainerObject) as unknown as T;
}

/** What a cell is given while one sequence runs, and what it keeps for all steps. */
import type { CallContext, StepContext } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** What `once` made in one sequence, by name. */
export type Kept = Map<string, tf.Tensor | readonly tf.Tensor[]>;

/** The context of one sequence; `kept` collects what must outlive the first step's `tidy`. */
export function stepContext(context: CallContext, constants: readonly tf.Tensor[], kept: Kept): StepContext {
  const { training, path, rng } = context;
  return {
    training,
    constants,
    path,
    rng,
    once: <T extends tf.Tensor | readonly tf.Tensor[]>(name: string, make: () => T): T => {
      const present = kept.get(name);
      if (present) return present as T;
      const made = make();
      const tensors: readonly tf.Tensor[] = made instanceof tf.Tensor ? [made] : made;
      for (const tensor of tensors) tf.keep(tensor);
      kept.set(name, made);
      return made;
    },
  };
}

/** Outputs of masked steps set to zero. */
import type { Mask } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** In which order the output of a recurrent layer stands. */
export interface OutputOrder {
  readonly goBackwards: boolean;
  readonly returnSequences: boolean;
}

/**
 * The output with zeros for the masked steps; without returnSequences, for rows whose last step to be read is masked.
 *
 * Shapes   output f32[batch, steps, …] in the order of reading, or f32[batch, …]; mask bool[batch, steps] → as output
 * Memory   returns a new tensor, or the output itself without a mask
 */
export function zeroMasked(output: tf.Tensor, mask: Mask, order: OutputOrder): tf.Tensor {
  if (!mask) return output;
  const { goBackwards, returnSequences } = order;
  const [batch, steps] = mask.shape as [number, number];
  const read = tf.cast(mask, 'float32');
  if (!returnSequences) {
    const last = tf.slice(read, [0, goBackwards ? 0 : steps - 1], [batch, 1]);
    return tf.mul(output, tf.reshape(last, [batch, ...ones(output.rank - 1)]));
  }
  const ordered = goBackwards ? tf.reverse(read, 1) : read;
  return tf.mul(output, tf.reshape(ordered, [batch, steps, ...ones(output.rank - 2)]));
}

function ones(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}

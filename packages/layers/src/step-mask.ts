/** Masks of steps, held to the inputs that they belong to. */
import { checkShape, type Mask } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The mask of inputs [batch, steps, …] as bool[batch, steps]. A custom layer may give one of other numbers, or pass on one of other steps.
 *
 * Memory   returns the mask itself where it is bool
 * Throws   `shape-mismatch` when it does not have those rows and steps
 */
export function stepMask(mask: Mask | undefined, ofSteps: readonly number[], where: string): Mask {
  if (!mask) return null;
  checkShape(mask, ofSteps.slice(0, 2), where, 'the mask');
  return mask.dtype === 'bool' ? mask : tf.cast(mask, 'bool');
}

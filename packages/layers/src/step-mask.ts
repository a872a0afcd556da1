/** Masks of steps, held to the inputs that they belong to. */
import { checkShape, type Mask } from '@ostinato/core';

/**
 * The mask of inputs [batch, steps, …], bool[batch, steps]. A custom layer may pass on one of other steps.
 *
 * Throws   `shape-mismatch` when it does not have those rows and steps
 */
export function stepMask(mask: Mask | undefined, ofSteps: readonly number[], where: string): Mask {
  if (!mask) return null;
  checkShape(mask, ofSteps.slice(0, 2), where, 'the mask');
  return mask;
}

/** The size of the vectors that a cell is stepped with. */
import { type BuildContext, OstinatoError, showShape } from '@ostinato/core';

/**
 * Size of a step's vector, for a cell's `build`.
 *
 * Throws   `shape-mismatch` when a step of the input is not a vector of known size
 */
export function inputSizeOf(context: BuildContext): number {
  const step = context.inputShapes[0] ?? [];
  const inputSize = step.length === 2 ? step[1] : null;
  if (typeof inputSize === 'number') return inputSize;
  throw new OstinatoError('shape-mismatch', {
    where: context.path,
    what: 'A step of the input is not a vector of known size',
    expected: 'an input of [batch, steps, features]',
    received: `steps of ${showShape(step)}`,
  });
}

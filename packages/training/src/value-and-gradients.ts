/** A scalar and its gradients, with nothing left behind when it fails. */
import { OstinatoError, orMemoryError } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The value of `f()` and its gradient in each of `xs`; none where it does not depend on one.
 *
 * Memory   returns new tensors; call it inside `tidy`. tfjs keeps what the way back needs outside of any `tidy` and,
 *          when a pass throws, for ever; here it is freed
 * Throws   `memory` when there is no room on the way back; `gradient-missing` when tfjs has no gradient for an operation; what `f` throws
 */
export function valueAndGradients(
  f: () => tf.Tensor,
  xs: readonly tf.Tensor[],
  where: string,
): { value: tf.Tensor; gradients: readonly (tf.Tensor | null)[] } {
  const engine = tf.engine();
  try {
    const { value, grads } = engine.gradients(f, [...xs], undefined, true);
    return { value, gradients: xs.map((_, i) => grads[i] ?? null) };
  } catch (error) {
    if (engine.state.gradientDepth === 0) {
      for (const { saved } of engine.state.activeTape ?? []) tf.dispose(saved ?? []);
      engine.state.activeTape = [];
    }
    throw explain(error, where);
  }
}

function explain(error: unknown, where: string): unknown {
  const message = error instanceof Error ? error.message : String(error);
  const [, op] = /gradient function not found for (\w+)/.exec(message) ?? [];
  if (op === undefined) return orMemoryError(error, where, 'the gradients of this step');
  return new OstinatoError('gradient-missing', {
    where,
    what: `tfjs has no gradient of '${op}' registered`,
    fix: 'Start the backend with useBackend() from @ostinato/backend, which registers gradients',
    cause: error,
  });
}

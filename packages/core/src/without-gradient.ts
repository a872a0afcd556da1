/** Tensors that are constants for gradients. */
import { engine } from '@tensorflow/tfjs-core';

/**
 * What `make` returns, computed beside the tape: for gradients its tensors are constants. tfjs has no gradient for comparisons, nor
 * for the condition of `where`, and fails on the way back where a weight stands behind one.
 *
 * Memory   as `make`; call it inside `tidy`
 * Throws   what `make` throws
 *
 * @example
 * const positive = withoutGradient(() => tf.cast(tf.greater(x, 0), 'float32'));
 */
export function withoutGradient<T>(make: () => T): T {
  const { state } = engine();
  state.kernelDepth++; // as inside one of tfjs' kernels, whose steps it does not record
  try {
    return make();
  } finally {
    state.kernelDepth--;
  }
}

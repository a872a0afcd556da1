/** Running sums and products along an axis counted from the end. */
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Counts the axis from the front: given −1, tfjs' own kernels return nothing on cpu, and on wasm write beyond the
 * tensor and destroy others.
 */
export function positiveAxis(native: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const axis = attrs?.axis as number;
    const rank = (inputs.x as TensorInfo).shape.length;
    return native({ inputs, attrs: { ...attrs, axis: axis < 0 ? axis + rank : axis }, backend });
  };
}

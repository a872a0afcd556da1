/** Sums of values that a storage would only write when somebody wants them. */
import { sumLater } from '@ostinato/core';
import type { KernelFunc, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';

/**
 * Leaves a sum unwritten, too, where both parts are and their storage knows how.
 *
 * tfjs adds up the gradients of a tensor that several layers read. Those of rows of a table are best left to the lookup, which
 * wants them summed in another way.
 */
export function addUnwritten(native: KernelFunc): KernelFunc {
  return (args) => {
    const { a, b } = args.inputs as NamedTensorInfoMap & Record<'a' | 'b', TensorInfo>;
    return sumLater(a, b) ?? native(args);
  };
}

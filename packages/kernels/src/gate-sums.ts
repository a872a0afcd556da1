/** From the blocks' sums to the gradients of the weights. */
import type { BlockSums } from './block-sums.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { roundUp, type Sizes } from './sequence-blocks.js';

/**
 * Adds the blocks' sums for kernel, recurrentKernel and bias into the gradients, whose addresses are given (0: not wanted).
 *
 * Shapes   sums, each f32[inputSize↑4 | units↑4 | 1, gates·units↑8] one behind the other → f32[inputSize | units | 1, gates·units]
 */
export function addGateSums(
  { wasm }: KernelRuntime,
  { inputSize, units, paddedUnits }: Sizes,
  gates: number,
  { sumBytes, left }: BlockSums,
  sums: number,
  gradients: readonly number[],
): void {
  const [outBytes, rowBytes] = [4 * gates * units, 4 * gates * paddedUnits];
  let source = sums;
  [inputSize, units, 1].forEach((rows, i) => {
    const out = gradients[i]!;
    for (let gate = 0; out && gate < gates; gate++) {
      const from = source + 4 * gate * paddedUnits;
      wasm.sumBlocks(out + 4 * gate * units, outBytes, from, sumBytes, rowBytes, left, rows, units);
    }
    source += roundUp(rows, 4) * rowBytes;
  });
}

/**
 * The sums that blocks of a sequence leave for the gradients of its weights, in room for some of them at a time.
 *
 * A sum is as large as the weights, and a batch has a block for every eight rows. So a wave of blocks computes, and what it leaves is added to what
 * the waves before left, block after block: the chain of additions is the same as with room for all, and so are the bits.
 */
import type { KernelRuntime, Scratch, TaskName } from './kernel-runtime.js';
import type { Sizes } from './sequence-blocks.js';

/** Blocks in a wave, or twice as many as there are threads. */
const WAVE = 16;

/** Units    bytes */
export interface BlockSums {
  /** Of each sum. */
  readonly sumBytes: number;
  /** Room for all that is kept at a time. */
  readonly bytes: number;
  /** How many sums lie one behind the other in the end, to be added up. */
  readonly left: number;
  /** Where the sum of a block lies in that room. */
  offsetOf(block: number): number;
  /** Makes the calls of all blocks, in their order, whose sums lie in the room at `sums`. */
  run(name: TaskName, calls: readonly (readonly number[])[], scratch: Scratch, sums: number): void;
}

/** `sumBytes` for each of the blocks. */
export function blockSums(runtime: KernelRuntime, { blocks }: Sizes, sumBytes: number): BlockSums {
  const wave = Math.max(WAVE, 2 * runtime.threads);
  if (blocks <= wave) {
    return {
      sumBytes,
      bytes: blocks * sumBytes,
      left: blocks,
      offsetOf: (block) => block * sumBytes,
      run: (name, calls, scratch) => runtime.run(name, calls, scratch),
    };
  }
  return {
    sumBytes,
    bytes: (1 + wave) * sumBytes, // the first place is for the waves before
    left: 1,
    offsetOf: (block) => (1 + (block % wave)) * sumBytes,
    run(name, calls, scratch, sums) {
      for (let first = 0; first < blocks; first += wave) {
        const part = calls.slice(first, first + wave);
        runtime.run(name, part, scratch);
        const before = first === 0 ? 0 : 1;
        const from = sums + (1 - before) * sumBytes;
        runtime.wasm.sumBlocks(
          sums,
          sumBytes,
          from,
          sumBytes,
          sumBytes,
          before + part.length,
          1,
          sumBytes / 4,
        );
      }
    },
  };
}

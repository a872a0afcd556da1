/** Σ xᵀ·dy and Σ dy over many rows, block by block. */
import type { KernelRuntime } from './kernel-runtime.js';
import { roundUp } from './sequence-blocks.js';
import { splitRange } from './split-range.js';

/** Rows in a block, or a multiple of that: enough work for a call of its own. */
const BLOCK_ROWS = 64;
/** Blocks whose sums are kept apart, at most. Part of the result, as `BLOCK_ROWS` is: never per machine. */
const SUMMED_BLOCKS = 16;

/** The sums of all blocks; each as `assembly/product-gradients.ts` lays them out. */
export interface ProductSums {
  readonly sums: number;
  readonly sumBytes: number;
  readonly blocks: number;
}

/** Computes the sums of x f32[rows, inputSize] and dy f32[rows, units], for as long as `use` takes. */
export function withProductSums(
  runtime: KernelRuntime,
  { x, dy }: { readonly x: number; readonly dy: number },
  [rows, inputSize, units]: readonly [number, number, number],
  use: (sums: ProductSums) => void,
): void {
  const { wasm, threads } = runtime;
  const blocks = splitRange(rows, SUMMED_BLOCKS, BLOCK_ROWS);
  const blockRows = Math.max(1, ...blocks.map(([first, end]) => end - first));
  const sumBytes = wasm.productSumsBytes(inputSize, units);
  const bytes = roundUp(wasm.productScratchBytes(blockRows, inputSize, units));
  runtime.withScratch(threads * bytes + blocks.length * sumBytes, (scratch) => {
    const sums = scratch + threads * bytes;
    const calls = blocks.map(([first, end], block) => [
      ...[sums + block * sumBytes, scratch],
      ...[dy + 4 * first * units, x + 4 * first * inputSize, end - first, inputSize, units],
    ]);
    runtime.run('productGradients', calls, { argument: 1, bytes });
    use({ sums, sumBytes, blocks: blocks.length });
  });
}

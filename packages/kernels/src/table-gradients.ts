/**
 * Sequences whose steps are rows of a table, on the way back.
 *
 * z_t = e·W + … for the row e that step t names, so all steps that name it give dW and de the same factor. Their dz are summed first, and
 * dW = Eᵀ·Σdz and dE = Σdz·Wᵀ are products over the rows of the table instead of the steps of the batch. The bits are others than
 * those of the products over steps, so whether that is done never depends on the room there is.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { kernelGradient, StepGradients } from './row-gradients.js';
import type { Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';
import { sumByRow } from './sum-by-row.js';
import { backOverRows, lookupBehind, tableRows } from './table-rows.js';

/** What the way back needs to know of W f32[inputSize, gates·units]. */
export interface InputWeights {
  /** Where the kernel has each of W's gates among the columns of dz, in gates of units↑8 columns. */
  readonly gates: readonly number[];
  /** Columns of dz that meet Wᵀ. */
  readonly depth: number;
  /** Bytes of Wᵀ, and how it is packed. */
  readonly panelBytes: number;
  readonly pack: (to: number) => void;
}

/** Where a kernel finds x and leaves what becomes of it; all addresses. */
export interface BackwardInput {
  /** 0: none, and then `dx` gets dz f32[batch, steps, gates·units↑8]. */
  readonly x: number;
  readonly dx: number;
  /** Where dW goes; 0: it is not wanted. */
  readonly dKernel: number;
  /** Without x, `inputSize` is 0. */
  readonly sizes: Sizes;
}

/** The gradients of x and of W, when `use` has had the kernel run. */
export function withBackwardInput(
  runtime: KernelRuntime,
  sizes: Sizes,
  call: Pick<SequenceCall, 'x' | 'inputMasks' | 'kernel'>,
  { gates, depth, panelBytes, pack }: InputWeights,
  use: (input: BackwardInput) => void,
): readonly [dx: Tensor, dKernel: Tensor] {
  const { storage } = runtime;
  const width = gates.length * sizes.paddedUnits;
  const lookup = backOverRows(sizes, width) ? lookupBehind(runtime, call) : undefined;
  const blocks: number[] = [];
  const allocate = (bytes: number): number => {
    blocks.push(storage.heap.allocate(bytes));
    return blocks.at(-1)!;
  };
  try {
    const rows = lookup && tableRows(runtime, lookup, width, true);
    if (!lookup || !rows) {
      const [x, dx, dKernel] = [call.x, storage.empty(call.x.shape), storage.empty(call.kernel.shape)];
      const [from, to, weights] = [x, dx, dKernel].map((tensor) => storage.addressOf(tensor));
      use({ x: from!, dx: to!, dKernel: weights!, sizes });
      return [dx, dKernel];
    }
    const dz = allocate(4 * lookup.count * width);
    const panels = allocate(panelBytes);
    pack(panels);
    use({ x: 0, dx: dz, dKernel: 0, sizes: { ...sizes, inputSize: 0 } });
    const sums = allocate(4 * rows.rows * width);
    sumByRow(runtime, [sums, dz, rows.ids], [lookup.count, width, rows.rows]);
    const parts = { lookup, rows, dz, sums, panels, depth, gates, sizes };
    return [
      storage.later(call.x.shape, new StepGradients(runtime, [parts])),
      storage.later(call.kernel.shape, kernelGradient(runtime, parts)),
    ];
  } finally {
    for (const block of blocks) storage.heap.free(block); // the gradients hold what they need
  }
}

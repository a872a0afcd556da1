/** Dropout masks of gates laid out for the kernels: see `assembly/gate-masks.ts`. */
import type * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';
import { addressIn, BLOCK_ROWS, type Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';

/** Which of the weights' gates comes first, second, … where a kernel wants masks. */
export interface MaskOrders {
  readonly inputs: readonly number[];
  readonly states: readonly number[];
}

/** Addresses of the masks of one block, for inputs and for states; 0: no masks. */
export type BlockMasks = (block: number) => readonly [inputs: number, states: number];

/**
 * Packs a call's masks for as long as `use` takes. A call without masks costs nothing.
 *
 * Shapes   masks f32[batch, gates, columns] → for each block two slots of room and a slot of f32[rows, columns↑8] for each gate
 */
export function withGateMasks(
  runtime: KernelRuntime,
  sizes: Sizes,
  { inputMasks, stateMasks }: Pick<SequenceCall, 'inputMasks' | 'stateMasks'>,
  { inputs, states }: MaskOrders,
  use: (of: BlockMasks) => void,
): void {
  if (!inputMasks && !stateMasks) {
    use(() => [0, 0]);
    return;
  }
  const ofInputs = layOut(runtime, sizes, inputMasks, inputs);
  const ofStates = layOut(runtime, sizes, stateMasks, states);
  const inputBytes = sizes.blocks * ofInputs.blockBytes;
  runtime.withScratch(inputBytes + sizes.blocks * ofStates.blockBytes, (start) => {
    const toInputs = ofInputs.pack(start);
    const toStates = ofStates.pack(start + inputBytes);
    use((block) => [toInputs(block), toStates(block)]);
  });
}

interface Layout {
  readonly blockBytes: number;
  /** Fills the memory from `start` on; returns where a block's part of it is. */
  pack(start: number): (block: number) => number;
}

function layOut(
  runtime: KernelRuntime,
  { batch, blocks, blockRows }: Sizes,
  masks: tf.Tensor | undefined,
  order: readonly number[],
): Layout {
  if (!masks) return { blockBytes: 0, pack: () => () => 0 };
  const { wasm, storage } = runtime;
  const [, gates, columns] = masks.shape as [number, number, number];
  const from = addressIn(runtime)(masks);
  const [rowBytes, slotRowBytes] = [4 * gates * columns, 32 * Math.ceil(columns / 8)];
  const blockBytes = (2 + order.length) * wasm.slotBytes(blockRows, columns);
  const pack = (start: number) => {
    storage.heap.floats(start, (blocks * blockBytes) / 4).fill(0);
    for (let block = 0; block < blocks; block++) {
      const rows = Math.min(BLOCK_ROWS, batch - block * BLOCK_ROWS);
      const source = from + block * BLOCK_ROWS * rowBytes;
      order.forEach((gate, place) => {
        const to = start + block * blockBytes + (2 + place) * wasm.slotBytes(rows, columns);
        wasm.sumBlocks(to, slotRowBytes, source + 4 * gate * columns, 0, rowBytes, 1, rows, columns);
      });
    }
    return (block: number) => start + block * blockBytes;
  };
  return { blockBytes, pack };
}

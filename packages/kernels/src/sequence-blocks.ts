/** How a sequence operation is cut: blocks of batch rows, which need nothing of each other, and chunks of steps. */
import { OstinatoError, type SequenceConfig, showShape } from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import type { KernelRuntime } from './kernel-runtime.js';

/** Rows of the batch in a block: two register tiles, whose states stay in the L1 cache. Part of the result: never per machine. */
export const BLOCK_ROWS = 8;
/** Steps whose outer products are summed together. Part of the result, as well. */
export const CHUNK_STEPS = 16;

export interface Sizes {
  readonly batch: number;
  readonly steps: number;
  readonly inputSize: number;
  readonly units: number;
  /** units↑8 */
  readonly paddedUnits: number;
  readonly blocks: number;
  /** Rows of the largest block. */
  readonly blockRows: number;
  /** Steps of the largest chunk. */
  readonly chunkSteps: number;
}

/** The sizes of a call whose input is x f32[batch, steps, inputSize]. Throws `shape-mismatch` without features: a product's chain is never empty. */
export function sizesOf(x: tf.Tensor, { units }: SequenceConfig): Sizes {
  const [batch, steps, inputSize] = x.shape as [number, number, number];
  if (inputSize === 0) throw noFeatures(x.shape);
  return {
    batch,
    steps,
    inputSize,
    units,
    paddedUnits: roundUp(units, 8),
    blocks: Math.ceil(batch / BLOCK_ROWS),
    blockRows: Math.min(BLOCK_ROWS, batch),
    chunkSteps: Math.min(CHUNK_STEPS, steps),
  };
}

/**
 * Bytes that a block keeps: the records of all steps and of what is behind the last for the way back, else of two steps in turn. Not a product
 * of the kernels', whose numbers end at 4 GiB.
 */
export function stateBytesOf({ steps }: Sizes, recordBytes: number, recording: boolean): number {
  return (recording ? steps + 1 : 2) * recordBytes;
}

/** The arguments of one call for each block: what `argumentsOf` says for its index, its first row and its number of rows. */
export function eachBlock(
  { batch, blocks }: Sizes,
  argumentsOf: (block: number, firstRow: number, rows: number) => readonly number[],
): readonly (readonly number[])[] {
  return Array.from({ length: blocks }, (_, block) => {
    const firstRow = block * BLOCK_ROWS;
    return argumentsOf(block, firstRow, Math.min(BLOCK_ROWS, batch - firstRow));
  });
}

function noFeatures(shape: readonly number[]): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where: '@ostinato/kernels',
    what: 'The steps of the sequences have no features',
    expected: 'at least one',
    received: showShape(shape),
  });
}

/** Finds addresses in the kernels' memory; that of no tensor is 0. Tensors that lie elsewhere are moved, so ask before taking scratch. */
export function addressIn({ storage }: KernelRuntime): (tensor: tf.Tensor | undefined) => number {
  return (tensor) => (tensor ? storage.addressOf(tensor) : 0);
}

/** The next multiple of `to`; of a cache line unless told. */
export function roundUp(value: number, to = 64): number {
  return Math.ceil(value / to) * to;
}

/**
 * What a block of rows adds to the gradients of a matrix product's weights: dW = Σ xᵀ·dy and db = Σ dy.
 *
 * Some rows at a time are copied to where they stand in eights of columns; the rest is `sequence-chunk.ts`, without states.
 *
 * Shapes   dy f32[rows, units] · x f32[rows, inputSize] → sums as `sumsBytes` says: dW f32[inputSize↑4, units↑8], db f32[units↑8]
 * Memory   sums and scratch (`productScratchBytes`) are this block's
 */
import { copyRows } from './copy-rows';
import { addChunk, chunkBytes, sumsBytes } from './sequence-chunk';

/** Rows whose products are summed together: a tile and a panel of them stay in the L1 cache. Part of the result. */
const CHUNK_ROWS: i32 = 128;

export function productScratchBytes(rows: i32, inputSize: i32, units: i32): usize {
  const padded = (units + 7) & ~7, chunk = min(rows, CHUNK_ROWS);
  return (<usize>(chunk * padded) << 2) + chunkBytes(chunk, inputSize, 0, padded);
}

export function productSumsBytes(inputSize: i32, units: i32): usize {
  const padded = (units + 7) & ~7;
  return sumsBytes(inputSize, 0, padded, 0, padded);
}

export function productGradients(
  sums: usize, scratch: usize,
  dy: usize, x: usize,
  rows: i32, inputSize: i32, units: i32,
): void {
  const padded = (units + 7) & ~7;
  const rowSize = <usize>padded << 2, unitsSize = <usize>units << 2, inputRow = <usize>inputSize << 2;
  const copied = <usize>min(rows, CHUNK_ROWS) * rowSize, packed = scratch + copied;
  memory.fill(sums, 0, productSumsBytes(inputSize, units));
  memory.fill(scratch, 0, copied);
  for (let first = 0; first < rows; first += CHUNK_ROWS) {
    const count = min(CHUNK_ROWS, rows - first);
    copyRows(scratch, rowSize, dy, unitsSize, units, count);
    addChunk(sums, packed, scratch, 0 - rowSize, padded, padded, 0, 0, 0, 0, x, 0, inputRow, 0, 0, 1, count, inputSize, 0);
    dy += count * unitsSize;
    x += count * inputRow;
  }
}

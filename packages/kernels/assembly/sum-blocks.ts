/**
 * out = Σ blocks, in the order of the blocks, whoever computed them: this is what makes gradients independent of threads.
 *
 * Shapes   blocks f32[count][rows, columns], blocks and rows at their strides in bytes → out f32[rows, columns], rows `outStride`
 *          bytes apart; no block: zeros
 */
import { copyRows } from './copy-rows';
import { addRows } from './add-rows';

export function sumBlocks(
  out: usize, outStride: usize, blocks: usize, blockStride: usize, rowStride: usize,
  count: i32, rows: i32, columns: i32,
): void {
  if (count == 0) {
    for (let row = 0; row < rows; row++) memory.fill(out + row * outStride, 0, <usize>columns << 2);
  } else copyRows(out, outStride, blocks, rowStride, columns, rows);
  for (let block = 1; block < count; block++) {
    blocks += blockStride;
    addRows(out, outStride, blocks, rowStride, columns, rows);
  }
}

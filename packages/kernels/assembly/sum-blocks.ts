/**
 * out = Σ blocks, in the order of the blocks, whoever computed them: this is what makes gradients independent of threads.
 *
 * Shapes   blocks f32[count][rows, columns], blocks and rows at their strides in bytes → out f32[rows, columns]; no block: zeros
 */
import { copyRows } from './copy-rows';
import { addRows } from './add-rows';

export function sumBlocks(
  out: usize, blocks: usize, blockStride: usize, rowStride: usize,
  count: i32, rows: i32, columns: i32,
): void {
  const outStride = <usize>columns << 2;
  if (count == 0) memory.fill(out, 0, rows * outStride);
  else copyRows(out, outStride, blocks, rowStride, columns, rows);
  for (let block = 1; block < count; block++) {
    blocks += blockStride;
    addRows(out, outStride, blocks, rowStride, columns, rows);
  }
}

/**
 * Simple recurrent layer over whole sequences, one block of batch rows: h_t = f(x_t·W + h_{t−1}·R + b).
 *
 * A block needs nothing of another block, so any worker may run any block. Every step is one product over
 * [x_t | h_{t−1}] and one pass of the activation over the block's states, which stay in the L1 cache. A step that counts for no row
 * of the block is a copy. With `ids`, x·W + b has been computed for every row of a table: the product then goes on from there.
 *
 * Shapes   states f32[steps + 1 | 2, slot]: a slot per step if kept, else two in turn; rows of units↑8 in a slot · y f32[batch, steps, units]
 *          last f32[batch, units] · x f32[batch, steps, inputSize], or with ids i32[batch, steps] a table f32[any, units↑8] and
 *          `inputSize` 0 · initial f32[batch, units] · mask u8[batch, steps]
 *          panels as `packPanels` makes them of bias, W and R · stateMasks as `gate-masks.ts` says, of one gate
 * Memory   `states` and `stateMasks` are this block's; the other pointers are those of the whole batch. y, last, ids, initial, mask
 *          and stateMasks may be null
 */
import { activate } from './activation';
import { copyRows } from './copy-rows';
import { seenBy } from './gate-masks';
import { gemmRows, gemmRowsFrom } from './gemm-rows';
import { anyCounts, keepMaskedRows } from './masked-rows';
import { slotBytes } from './slots';

export function simpleRnnForward(
  states: usize, y: usize, last: usize,
  x: usize, ids: usize, panels: usize, initial: usize, mask: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32,
  activation: i32, backwards: i32, keepStates: i32,
): void {
  const paddedUnits = (units + 7) & ~7;
  const rowSize = <usize>paddedUnits << 2;
  const slotSize = slotBytes(rows, units);
  const unitsSize = <usize>units << 2;
  const stepSize = <usize>inputSize << 2;
  const first = <usize>firstRow;
  let previous = states;
  let current = states + slotSize;

  memory.fill(states, 0, slotSize);
  if (initial) copyRows(states, rowSize, initial + first * unitsSize, unitsSize, units, rows);
  for (let step = 0; step < steps; step++) {
    const time = first * steps + (backwards ? steps - 1 - step : step);
    const maskAt = mask ? mask + time : 0;
    if (anyCounts(maskAt, steps, rows, 1)) {
      const seen = stateMasks ? seenBy(stateMasks, 0, previous, rowSize, units, rows) : previous;
      if (ids) {
        const idsAt = ids + (time << 2), idStride = <usize>steps << 2;
        gemmRowsFrom(
          current, rowSize, x, rowSize, idsAt, idStride, seen, rowSize, units, 0, 0, 0, panels, paddedUnits, rows,
        );
      } else {
        const input = x + time * stepSize;
        gemmRows(current, rowSize, input, steps * stepSize, inputSize, seen, rowSize, units, panels, paddedUnits, rows);
      }
      activate(current, activation, <i32>(slotSize >> 2));
      if (mask) keepMaskedRows(current, previous, rowSize, maskAt, steps, rows);
    } else memory.copy(current, previous, slotSize);
    if (y) copyRows(y + (first * steps + step) * unitsSize, steps * unitsSize, current, rowSize, units, rows);
    const next = keepStates ? current + slotSize : previous;
    previous = current;
    current = next;
  }
  if (last) copyRows(last + first * unitsSize, unitsSize, previous, rowSize, units, rows);
}

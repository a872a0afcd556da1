/**
 * Gradients of a simple recurrent layer, back through time, for one block of batch rows.
 *
 * dz_t = dh_t ⊙ f'(h_t);  dh_{t−1} = dz_t·Rᵀ + dy_{t−1};  and what follows from dz in `sequence-chunk.ts`
 *
 * A masked row gets no dz; its dh goes on unchanged, and where no row counts nothing is computed. Steps wait for each other only for dh; the rest is done a chunk of
 * steps at a time, as products over data that is in the cache. Each block has its own sums, which `sumBlocks` adds.
 *
 * Shapes   dx f32[batch, steps, inputSize] · dInitial f32[batch, units] · dy f32[batch, steps, units] if `sequences`, else
 *          f32[batch, units] · sums as `sumsBytes` of
 *          `sequence-chunk.ts` says · inputPanels and statePanels as `packTransposedPanels` makes them of W and R · without x
 *          `inputSize` is 0, and dx gets dz itself, f32[batch, steps, units↑8] · the rest as in `simple-rnn-forward.ts`
 * Memory   states, sums, stateMasks and scratch (`simpleRnnScratchBytes`) are this block's; x, dInitial, mask and
 *          stateMasks may be null
 */
import { activationSlope } from './activation';
import { addRows } from './add-rows';
import { clearRows, copyRows } from './copy-rows';
import { dropTiny } from './drop-tiny';
import { fetchLines } from './fetch-lines';
import { seenGradients } from './gate-masks';
import { gemmRows } from './gemm-rows';
import { anyCounts, clearMaskedRows, keepMaskedRows } from './masked-rows';
import { addChunk, chunkBytes, copySteps, inputGradients, sumsBytes } from './sequence-chunk';
import { slotBytes } from './slots';

export function simpleRnnScratchBytes(rows: i32, inputSize: i32, units: i32, chunkSteps: i32): usize {
  return <usize>(2 + chunkSteps) * slotBytes(rows, units) + chunkBytes(chunkSteps * rows, inputSize, units, (units + 7) & ~7);
}

export function simpleRnnSumsBytes(inputSize: i32, units: i32): usize {
  const paddedUnits = (units + 7) & ~7;
  return sumsBytes(inputSize, units, paddedUnits, paddedUnits, paddedUnits);
}

export function simpleRnnBackward(
  dx: usize, dInitial: usize, sums: usize, scratch: usize,
  dy: usize, states: usize, x: usize, inputPanels: usize, statePanels: usize, mask: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32, chunkSteps: i32,
  activation: i32, backwards: i32, sequences: i32,
): void {
  const paddedUnits = (units + 7) & ~7;
  const slotSize = slotBytes(rows, units), rowSize = <usize>paddedUnits << 2, unitsSize = <usize>units << 2;
  const inputWidth = x ? inputSize : paddedUnits;
  const stepSize = <usize>inputWidth << 2, inputRow = steps * stepSize, outputRow = steps * unitsSize;
  const stepStride = backwards ? stepSize : 0 - stepSize;
  const first = <usize>firstRow;
  let dh = scratch, dhNext = dh + slotSize;
  const dz = dhNext + slotSize, packed = dz + chunkSteps * slotSize;

  memory.fill(sums, 0, simpleRnnSumsBytes(inputSize, units));
  memory.fill(dh, 0, slotSize);
  if (!sequences) copyRows(dh, rowSize, dy + first * unitsSize, unitsSize, units, rows);
  for (let end = steps, start = 0; end > 0; end = start) {
    start = max(0, end - chunkSteps);
    const count = end - start;
    const chunkTime = first * steps + (backwards ? steps - end : start), chunkInput = chunkTime * stepSize;
    const chunkCounts = anyCounts(mask ? mask + chunkTime : 0, steps, rows, count);
    if (chunkCounts) {
      let seen = fetchLines(states + start * slotSize, 0, (count + 1) * slotSize, 1);
      if (x) seen |= fetchLines(x + chunkInput, inputRow, count * stepSize, rows);
      seen |= fetchLines(dx + chunkInput, inputRow, count * stepSize, rows);
      if (sequences) seen |= fetchLines(dy + (first * steps + start) * unitsSize, outputRow, count * unitsSize, rows);
      store<i32>(packed, seen);
    }
    for (let step = end - 1; step >= start; step--) {
      const slot = dz + (step - start) * slotSize;
      const maskAt = mask ? mask + first * steps + (backwards ? steps - 1 - step : step) : 0;
      if (sequences) addRows(dh, rowSize, dy + (first * steps + step) * unitsSize, outputRow, units, rows);
      if (!anyCounts(maskAt, steps, rows, 1)) {
        memory.fill(slot, 0, slotSize);
        continue;
      }
      dropTiny(dh, slotSize);
      activationSlope(slot, states + (step + 1) * slotSize, dh, activation, <i32>(slotSize >> 2));
      if (mask) clearMaskedRows(slot, rowSize, maskAt, steps, rows);
      if (stateMasks) {
        memory.copy(dhNext, seenGradients(stateMasks, 1, slot, rowSize, statePanels, units, units, rows), slotSize);
      } else gemmRows(dhNext, rowSize, slot, rowSize, units, 0, 0, 0, statePanels, paddedUnits, rows);
      if (mask) keepMaskedRows(dhNext, dh, rowSize, maskAt, steps, rows);
      const swap = dh;
      dh = dhNext;
      dhNext = swap;
    }
    if (!chunkCounts) {
      clearRows(dx + chunkInput, inputRow, count * inputWidth, rows);
      continue;
    }
    const lastDz = dz + (count - 1) * slotSize;
    const lastInput = (first * steps + (backwards ? steps - end : end - 1)) * stepSize;
    const h = states + (end - 1) * slotSize;
    addChunk(
      sums, packed, lastDz, slotSize, paddedUnits, paddedUnits, 0, paddedUnits, h, slotSize,
      x + lastInput, inputRow, stepStride, 0, stateMasks,
      rows, count, inputSize, units,
    );
    if (x) {
      inputGradients(
        dx + lastInput, inputRow, stepStride, lastDz, slotSize, paddedUnits, units, inputPanels, rows, count, inputSize,
      );
    } else copySteps(dx + lastInput, inputRow, stepStride, lastDz, slotSize, paddedUnits, inputWidth, rows, count);
  }
  if (dInitial) copyRows(dInitial + first * unitsSize, unitsSize, dh, rowSize, units, rows);
}

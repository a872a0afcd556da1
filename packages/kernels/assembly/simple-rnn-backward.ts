/**
 * Gradients of a simple recurrent layer, back through time, for one block of batch rows.
 *
 * dz_t = dh_t ⊙ f'(h_t);  dx_t = dz_t·Wᵀ;  dh_{t−1} = dz_t·Rᵀ + dy_{t−1};  dW = Σ x_tᵀ·dz_t;  dR = Σ h_{t−1}ᵀ·dz_t;  db = Σ dz_t
 *
 * A masked row gets no dz; its dh goes on unchanged. The sums over time are taken a few steps at a time, packed, so
 * that they are products over data in the L1 cache. Each block has its own sums (`sumBlocks` adds them).
 *
 * Shapes   dx f32[batch, steps, inputSize] · dInitial f32[batch, units] · dy f32[batch, steps, units] if `sequences`, else
 *          f32[batch, units] · sums f32[inputSize↑4 + units↑4 + 1, units↑8]: dW, dR, db · inputPanels and statePanels as
 *          `packTransposedPanels` makes them of W and R · the rest as in `simple-rnn-forward.ts`
 * Memory   states, sums and scratch (`simpleRnnScratchBytes`) are this block's; dInitial and mask may be null
 */
import { activationSlope } from './activation';
import { addColumnSums } from './add-column-sums';
import { addOuterProducts } from './add-outer-products';
import { addRows } from './add-rows';
import { copyRows } from './copy-rows';
import { gemmRows } from './gemm-rows';
import { clearMaskedRows, keepMaskedRows } from './masked-rows';
import { packPanelsOfRows, packTiles } from './pack-rows';
import { slotBytes } from './slots';

/** A cache line between tiles, so that their rows do not all fall into the same few sets of the cache. */
const GAP: usize = 64;

// @ts-ignore: decorator
@inline
function tileBytes(depth: i32): usize { return (<usize>depth << 4) + GAP; }

// @ts-ignore: decorator
@inline
function panelBytes(depth: i32): usize { return (<usize>depth << 5) + GAP; }

export function simpleRnnScratchBytes(rows: i32, inputSize: i32, units: i32, chunkSteps: i32): usize {
  const tiles = <usize>(((inputSize + 3) >> 2) + ((units + 3) >> 2));
  const panels = <usize>((units + 7) >> 3);
  const depth = chunkSteps * rows;
  return <usize>(2 + chunkSteps) * slotBytes(rows, units) + tiles * tileBytes(depth) + panels * panelBytes(depth);
}

export function simpleRnnSumsBytes(inputSize: i32, units: i32): usize {
  return <usize>((((inputSize + 3) & ~3) + ((units + 3) & ~3) + 1) * ((units + 7) & ~7)) << 2;
}

export function simpleRnnBackward(
  dx: usize, dInitial: usize, sums: usize, scratch: usize,
  dy: usize, states: usize, x: usize, inputPanels: usize, statePanels: usize, mask: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32, chunkSteps: i32,
  activation: i32, backwards: i32, sequences: i32,
): void {
  const paddedUnits = (units + 7) & ~7;
  const rowSize = <usize>paddedUnits << 2;
  const slotSize = slotBytes(rows, units);
  const unitsSize = <usize>units << 2;
  const stepSize = <usize>inputSize << 2;
  const inputStride = backwards ? stepSize : 0 - stepSize; // from step to the step before it
  const first = <usize>firstRow;
  const inputTiles = (inputSize + 3) >> 2, unitTiles = (units + 3) >> 2, panels = paddedUnits >> 3;
  const tileStride = tileBytes(chunkSteps * rows), panelStride = panelBytes(chunkSteps * rows);
  let dh = scratch, dhNext = dh + slotSize;
  const dz = dhNext + slotSize;
  const tiles = dz + chunkSteps * slotSize;
  const dzPanels = tiles + <usize>(inputTiles + unitTiles) * tileStride;

  memory.fill(sums, 0, simpleRnnSumsBytes(inputSize, units));
  memory.fill(dh, 0, slotSize);
  if (!sequences) copyRows(dh, rowSize, dy + first * unitsSize, unitsSize, units, rows);
  for (let end = steps; end > 0; ) {
    const start = max(0, end - chunkSteps);
    const count = end - start;
    for (let step = end - 1; step >= start; step--) {
      const time = first * steps + (backwards ? steps - 1 - step : step);
      const slot = dz + (step - start) * slotSize;
      if (sequences) addRows(dh, rowSize, dy + (first * steps + step) * unitsSize, steps * unitsSize, units, rows);
      activationSlope(slot, states + (step + 1) * slotSize, dh, activation, <i32>(slotSize >> 2));
      if (mask) clearMaskedRows(slot, rowSize, mask + time, steps, rows);
      gemmRows(dhNext, rowSize, slot, rowSize, units, 0, 0, 0, statePanels, paddedUnits, rows);
      if (mask) keepMaskedRows(dhNext, dh, rowSize, mask + time, steps, rows);
      const swap = dh;
      dh = dhNext;
      dhNext = swap;
    }
    const lastDz = dz + (count - 1) * slotSize;
    for (let r = 0; r < rows; r++) {
      const n = <usize>(r * count);
      const time = (first + r) * steps + (backwards ? steps - end : end - 1);
      packTiles(tiles + (n << 4), tileStride, x + time * stepSize, inputStride, inputSize, count);
      packTiles(tiles + inputTiles * tileStride + (n << 4), tileStride, states + (end - 1) * slotSize + r * rowSize, 0 - slotSize, units, count);
      packPanelsOfRows(dzPanels + (n << 5), panelStride, lastDz + r * rowSize, 0 - slotSize, paddedUnits, count);
    }
    addOuterProducts(sums, rowSize, tiles, tileStride, dzPanels, panelStride, inputTiles + unitTiles, panels, rows * count);
    addColumnSums(sums + <usize>((inputTiles + unitTiles) << 2) * rowSize, dzPanels, panelStride, panels, rows * count);
    for (let column = 0; column < inputSize; column += 8) {
      for (let r = 0; r < rows; r++) {
        const time = (first + r) * steps + (backwards ? steps - end : end - 1);
        gemmRows(
          dx + time * stepSize + (<usize>column << 2), inputStride, lastDz + r * rowSize, 0 - slotSize, units, 0, 0, 0,
          inputPanels + <usize>(column * (1 + units)) * 4, min(8, inputSize - column), count,
        );
      }
    }
    end = start;
  }
  if (dInitial) copyRows(dInitial + first * unitsSize, unitsSize, dh, rowSize, units, rows);
}

/**
 * Gradients of a long short-term memory, back through time, for one block of batch rows.
 *
 * m = act(c_t);  dc_t += dh_t⊙o⊙act'(m);  dz = dc_t⊙g⊙σ'(i) | dc_t⊙c_{t−1}⊙σ'(f) | dc_t⊙i⊙act'(g) | dh_t⊙m⊙σ'(o)
 * dh_{t−1} = dz·Rᵀ + dy_{t−1};  dc_{t−1} = dc_t⊙f;  and what follows from dz in `sequence-chunk.ts`
 *
 * Masks and chunks as in `simple-rnn-backward.ts`. A step that counts for no row of the block costs a look at the mask, and a chunk of
 * such steps no products.
 *
 * Shapes   dx f32[batch, steps, inputSize] · dInitialH, dInitialC and dLastC f32[batch, units] · dy f32[batch, steps, units] if
 *          `sequences`, else f32[batch, units] · sums as `sumsBytes` of `sequence-chunk.ts` says, gates i, f, c, o side by side in
 *          units↑8 columns each · inputPanels and statePanels as `packTransposedPanels` makes them of W and R, units padded to units↑8
 *          (gate by gate, as `gate-masks.ts` says, where there are masks for them) · inputMasks and stateMasks in the order of the
 *          sums · without x `inputSize` is 0, and dx gets dz
 *          itself, f32[batch, steps, 4·units↑8] · the rest as in `lstm-forward.ts`
 * Memory   states, sums, the masks of gates and scratch (`lstmScratchBytes`) are this block's; x, dInitialH, dInitialC, dLastC,
 *          mask, inputMasks and stateMasks may be null
 */
import { activate, activationSlope, EXPONENTIAL, SIGMOID, TANH } from './activation';
import { addRows } from './add-rows';
import { clearRows, copyRows } from './copy-rows';
import { dropTiny } from './drop-tiny';
import { fetchLines } from './fetch-lines';
import { seenGradients } from './gate-masks';
import { gemmRows } from './gemm-rows';
import { STATE_SLOTS, STEP_SLOTS } from './lstm-slots';
import { anyCounts, clearMaskedRows, keepMaskedRows } from './masked-rows';
import { addChunk, chunkBytes, copySteps, inputGradients, seenInputGradients, sumsBytes } from './sequence-chunk';
import { slotBytes } from './slots';

/** Scratch of a step: dh and dc, twice; and for `gateGradients` m, five slopes and ones. */
const SCRATCH_SLOTS: usize = 13;

export function lstmScratchBytes(rows: i32, inputSize: i32, units: i32, chunkSteps: i32): usize {
  const width = ((units + 7) & ~7) << 2;
  const depth = chunkSteps * rows;
  return SCRATCH_SLOTS * slotBytes(rows, units) + (<usize>(depth * width) << 2) + chunkBytes(depth, inputSize, units, width);
}

export function lstmSumsBytes(inputSize: i32, units: i32): usize {
  const width = ((units + 7) & ~7) << 2;
  return sumsBytes(inputSize, units, width, width, width);
}

export function lstmBackward(
  dx: usize, dInitialH: usize, dInitialC: usize, sums: usize, scratch: usize,
  dy: usize, dLastC: usize, states: usize, x: usize, inputPanels: usize, statePanels: usize, mask: usize,
  inputMasks: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32, chunkSteps: i32,
  activation: i32, recurrentActivation: i32, backwards: i32, sequences: i32,
): void {
  const paddedUnits = (units + 7) & ~7, width = paddedUnits << 2;
  const slotSize = slotBytes(rows, units), stepSlots = STEP_SLOTS * slotSize;
  const rowSize = <usize>paddedUnits << 2, unitsSize = <usize>units << 2, dzRow = rowSize << 2, dzSlot = dzRow * rows;
  const inputWidth = x ? inputSize : width;
  const stepSize = <usize>inputWidth << 2, inputRow = steps * stepSize, outputRow = steps * unitsSize;
  const stepStride = backwards ? stepSize : 0 - stepSize;
  const first = <usize>firstRow, offset = first * unitsSize;
  let dh = scratch, dhNext = dh + STATE_SLOTS * slotSize;
  const work = dhNext + STATE_SLOTS * slotSize;
  const dz = scratch + SCRATCH_SLOTS * slotSize, packed = dz + chunkSteps * dzSlot;

  memory.fill(sums, 0, lstmSumsBytes(inputSize, units));
  memory.fill(dh, 0, STATE_SLOTS * slotSize);
  fillOnes(work, slotSize);
  if (!sequences) copyRows(dh, rowSize, dy + offset, unitsSize, units, rows);
  if (dLastC) copyRows(dh + slotSize, rowSize, dLastC + offset, unitsSize, units, rows);
  for (let end = steps, start = 0; end > 0; end = start) {
    start = max(0, end - chunkSteps);
    const count = end - start;
    const chunkTime = first * steps + (backwards ? steps - end : start);
    const chunkCounts = anyCounts(mask ? mask + chunkTime : 0, steps, rows, count);
    if (chunkCounts) {
      let seen = fetchLines(states + start * stepSlots, 0, count * stepSlots + STATE_SLOTS * slotSize, 1);
      if (x) seen |= fetchLines(x + chunkTime * stepSize, inputRow, count * stepSize, rows);
      seen |= fetchLines(dx + chunkTime * stepSize, inputRow, count * stepSize, rows);
      if (sequences) seen |= fetchLines(dy + (first * steps + start) * unitsSize, outputRow, count * unitsSize, rows);
      store<i32>(packed, seen);
    }
    for (let step = end - 1; step >= start; step--) {
      const slot = dz + (step - start) * dzSlot;
      const maskAt = mask ? mask + first * steps + (backwards ? steps - 1 - step : step) : 0;
      if (sequences) addRows(dh, rowSize, dy + (first * steps + step) * unitsSize, outputRow, units, rows);
      if (!anyCounts(maskAt, steps, rows, 1)) {
        memory.fill(slot, 0, dzSlot);
        continue;
      }
      dropTiny(dh, STATE_SLOTS * slotSize);
      gateGradients(
        slot, dhNext + slotSize, dh, states + step * stepSlots, work,
        slotSize, rowSize, rows, activation, recurrentActivation,
      );
      if (activation == EXPONENTIAL) clearPadding(slot, unitsSize, rowSize, rows);
      if (mask) clearMaskedRows(slot, dzRow, maskAt, steps, rows);
      if (stateMasks) {
        memory.copy(dhNext, seenGradients(stateMasks, 4, slot, dzRow, statePanels, units, units, rows), slotSize);
      } else gemmRows(dhNext, rowSize, slot, dzRow, width, 0, 0, 0, statePanels, paddedUnits, rows);
      if (mask) {
        keepMaskedRows(dhNext, dh, rowSize, maskAt, steps, rows);
        keepMaskedRows(dhNext + slotSize, dh + slotSize, rowSize, maskAt, steps, rows);
      }
      const swap = dh;
      dh = dhNext;
      dhNext = swap;
    }
    if (!chunkCounts) {
      clearRows(dx + chunkTime * stepSize, inputRow, count * inputWidth, rows);
      continue;
    }
    const lastDz = dz + (count - 1) * dzSlot;
    const lastInput = (first * steps + (backwards ? steps - end : end - 1)) * stepSize;
    addChunk(
      sums, packed, lastDz, dzSlot, width, width, 0, width, states + (end - 1) * stepSlots, stepSlots,
      x + lastInput, inputRow, stepStride, inputMasks, stateMasks,
      rows, count, inputSize, units,
    );
    if (inputMasks) {
      seenInputGradients(
        dx + lastInput, inputRow, stepStride, lastDz, dzSlot, width, 4, inputPanels, inputMasks, rows, count, inputSize, units,
      );
    } else if (x) {
      inputGradients(
        dx + lastInput, inputRow, stepStride, lastDz, dzSlot, width, width, inputPanels, rows, count, inputSize,
      );
    } else copySteps(dx + lastInput, inputRow, stepStride, lastDz, dzSlot, width, inputWidth, rows, count);
  }
  if (dInitialH) copyRows(dInitialH + offset, unitsSize, dh, rowSize, units, rows);
  if (dInitialC) copyRows(dInitialC + offset, unitsSize, dh + slotSize, rowSize, units, rows);
}

/** Three slots of ones, whose slopes are the slopes themselves. */
function fillOnes(out: usize, slotSize: usize): void {
  const end = out + 3 * slotSize;
  for (; out != end; out += 16) v128.store(out, f32x4.splat(1.0));
}

/** Zeros behind the units of each gate: e^c of a column that is no unit may have run to infinity, and 0·∞ is no number. */
function clearPadding(dz: usize, unitsSize: usize, rowSize: usize, rows: i32): void {
  for (let gate = rows << 2; gate > 0; gate--) {
    memory.fill(dz + unitsSize, 0, rowSize - unitsSize);
    dz += rowSize;
  }
}

/** One step's dz and dc_{t−1}, for all rows. `dh` and `states` begin with the slots of h; dc and c stand in the slots behind them. */
function gateGradients(
  dz: usize, dcNext: usize, dh: usize, states: usize, ones: usize,
  slotSize: usize, rowSize: usize, rows: i32, activation: i32, recurrentActivation: i32,
): void {
  const count = <i32>(slotSize >> 2);
  const input = states + (slotSize << 1), candidate = input + 3 * slotSize;
  const tanhC = ones + 3 * slotSize, slopes = tanhC + slotSize, candidateSlope = slopes + 3 * slotSize;
  memory.copy(tanhC, states + STEP_SLOTS * slotSize + slotSize, slotSize);
  activate(tanhC, activation, count);
  if (activation == TANH && recurrentActivation == SIGMOID) {
    return eachGate(true, dz, dcNext, dh, states, tanhC, slotSize, rowSize, rows);
  }
  activationSlope(slopes, input, ones, recurrentActivation, 3 * count);
  activationSlope(candidateSlope, candidate, ones, activation, count);
  activationSlope(candidateSlope + slotSize, tanhC, ones, activation, count);
  eachGate(false, dz, dcNext, dh, states, tanhC, slotSize, rowSize, rows);
}

/** `usual`: tanh and sigmoid, whose slopes are computed in passing; else they stand behind `tanhC`. */
// @ts-ignore: decorator
@inline
function eachGate(
  usual: bool, dz: usize, dcNext: usize, dh: usize, states: usize, tanhC: usize,
  slotSize: usize, rowSize: usize, rows: i32,
): void {
  const c = states + slotSize, input = c + slotSize;
  const forget = input + slotSize, output = forget + slotSize, candidate = output + slotSize;
  const slopes = tanhC + slotSize, candidateSlope = slopes + 3 * slotSize, tanhSlope = candidateSlope + slotSize;
  const dc = dh + slotSize;
  const one = f32x4.splat(1.0);
  const end = rowSize * rows;
  for (let row: usize = 0; row < end; row += rowSize) {
    for (let at = row; at < row + rowSize; at += 16) {
      const i = v128.load(input + at), g = v128.load(candidate + at), o = v128.load(output + at), f = v128.load(forget + at);
      const m = v128.load(tanhC + at), dOutput = v128.load(dh + at);
      const slope = slopes + at;
      const ofM = usual ? f32x4.sub(one, f32x4.mul(m, m)) : v128.load(tanhSlope + at);
      const dCell = f32x4.add(v128.load(dc + at), f32x4.mul(f32x4.mul(dOutput, o), ofM));
      v128.store(dcNext + at, f32x4.mul(dCell, f));
      const ofI = usual ? f32x4.mul(i, f32x4.sub(one, i)) : v128.load(slope);
      v128.store(dz, f32x4.mul(f32x4.mul(dCell, g), ofI));
      const ofF = usual ? f32x4.mul(f, f32x4.sub(one, f)) : v128.load(slope + slotSize);
      v128.store(dz + rowSize, f32x4.mul(f32x4.mul(dCell, v128.load(c + at)), ofF));
      const ofG = usual ? f32x4.sub(one, f32x4.mul(g, g)) : v128.load(candidateSlope + at);
      v128.store(dz + (rowSize << 1), f32x4.mul(f32x4.mul(dCell, i), ofG));
      const ofO = usual ? f32x4.mul(o, f32x4.sub(one, o)) : v128.load(slope + (slotSize << 1));
      v128.store(dz + 3 * rowSize, f32x4.mul(f32x4.mul(dOutput, m), ofO));
      dz += 16;
    }
    dz += 3 * rowSize;
  }
}

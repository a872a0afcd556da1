/**
 * Gradients of a gated recurrent unit, back through time, for one block of batch rows.
 *
 * dn = dh⊙(1−z)⊙f'(n);  dz = dh⊙(h−n)⊙g'(z);  what is left of dr and dh depends on where the reset gate acts:
 * after the product q = h·Rh + ch   dr = dn⊙q⊙g'(r);  dq = dn⊙r;  dh' = dh⊙z + [dz, dr, dq]·Rᵀ
 * before it, q = r⊙h                dq = dn·Rhᵀ;  dr = dq⊙h⊙g'(r);  dh' = dh⊙z + dq⊙r + [dz, dr]·[Rz, Rr]ᵀ
 *
 * A row of gradients holds dn, dz, dr, and with `resetAfter` dq: so W sees the first three and R all but the first. The rest is
 * `sequence-chunk.ts`. A masked row gets no gradients; its dh goes on unchanged. Where no row counts nothing is computed.
 *
 * Shapes   dx f32[batch, steps, inputSize] · dInitial f32[batch, units] · dy f32[batch, steps, units] if `sequences`, else
 *          f32[batch, units] · sums as `sumsBytes` of `sequence-chunk.ts` says, W's gates in the order h, z, r; without
 *          `resetAfter` R's are z, r, and those of Rh follow, f32[units↑4, units↑8] · inputPanels as `packTransposedPanels` makes
 *          them of [Wh, Wz, Wr] · statePanels of R, or without `resetAfter` of [Rz, Rr] and then of Rh (gate by gate, as
 *          `gate-masks.ts` says, where there are masks for them) · inputMasks of h, z, r, stateMasks of z, r, h · without x
 *          `inputSize` is 0, and dx gets dn, dz and dr themselves, f32[batch, steps, 3·units↑8] · the rest as in `gru-forward.ts`
 * Memory   states, sums, the masks of gates and scratch (`gruScratchBytes`) are this block's; x, dInitial, mask, inputMasks and
 *          stateMasks may be null
 */
import { activationSlope } from './activation';
import { addRows } from './add-rows';
import { clearRows, copyRows } from './copy-rows';
import { dropTiny } from './drop-tiny';
import { fetchLines } from './fetch-lines';
import { maskOf, seenGradients } from './gate-masks';
import { gemmRows } from './gemm-rows';
import { gruRecordBytes } from './gru-records';
import { anyCounts, clearMaskedRows, keepMaskedRows } from './masked-rows';
import { addProducts, setProducts } from './products';
import { addChunk, addMoreStates, chunkBytes, copySteps, inputGradients, seenInputGradients, sumsBytes } from './sequence-chunk';
import { slotBytes } from './slots';

export function gruScratchBytes(rows: i32, inputSize: i32, units: i32, chunkSteps: i32, resetAfter: i32): usize {
  const width = (resetAfter ? 4 : 3) * ((units + 7) & ~7), depth = chunkSteps * rows;
  return 6 * slotBytes(rows, units) + (<usize>(depth * width) << 2) + chunkBytes(depth, inputSize, units, width);
}

export function gruSumsBytes(inputSize: i32, units: i32, resetAfter: i32): usize {
  const padded = (units + 7) & ~7;
  if (resetAfter) return sumsBytes(inputSize, units, 3 * padded, 3 * padded, 4 * padded);
  return sumsBytes(inputSize, units, 3 * padded, 3 * padded, 3 * padded);
}

export function gruBackward(
  dx: usize, dInitial: usize, sums: usize, scratch: usize,
  dy: usize, states: usize, x: usize, inputPanels: usize, statePanels: usize, mask: usize,
  inputMasks: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32, chunkSteps: i32,
  activation: i32, gateActivation: i32, resetAfter: i32, backwards: i32, sequences: i32,
): void {
  const padded = (units + 7) & ~7, width = resetAfter ? 4 * padded : 3 * padded;
  const slotSize = slotBytes(rows, units), rowSize = <usize>padded << 2, unitsSize = <usize>units << 2;
  const recordSize = gruRecordBytes(rows, units), gradientSize = <usize>(rows * width) << 2;
  const inputWidth = x ? inputSize : 3 * padded;
  const stepSize = <usize>inputWidth << 2, inputRow = steps * stepSize, outputRow = steps * unitsSize;
  const stepStride = backwards ? stepSize : 0 - stepSize;
  const first = <usize>firstRow;
  let dh = scratch, dhNext = dh + slotSize;
  const gates = dhNext + slotSize, gradients = gates + 4 * slotSize, packed = gradients + chunkSteps * gradientSize;

  memory.fill(sums, 0, gruSumsBytes(inputSize, units, resetAfter));
  memory.fill(dh, 0, slotSize);
  if (!sequences) copyRows(dh, rowSize, dy + first * unitsSize, unitsSize, units, rows);
  for (let end = steps, start = 0; end > 0; end = start) {
    start = max(0, end - chunkSteps);
    const count = end - start;
    const chunkTime = first * steps + (backwards ? steps - end : start);
    const counts = anyCounts(mask ? mask + chunkTime : 0, steps, rows, count);
    if (counts) {
      let seen = fetchLines(states + start * recordSize, 0, count * recordSize, 1);
      if (x) seen |= fetchLines(x + chunkTime * stepSize, inputRow, count * stepSize, rows);
      seen |= fetchLines(dx + chunkTime * stepSize, inputRow, count * stepSize, rows);
      if (sequences) seen |= fetchLines(dy + (first * steps + start) * unitsSize, outputRow, count * unitsSize, rows);
      store<i32>(packed, seen);
    }
    for (let step = end - 1; step >= start; step--) {
      const gradient = gradients + (step - start) * gradientSize;
      const maskAt = mask ? mask + first * steps + (backwards ? steps - 1 - step : step) : 0;
      if (sequences) addRows(dh, rowSize, dy + (first * steps + step) * unitsSize, outputRow, units, rows);
      if (!anyCounts(maskAt, steps, rows, 1)) {
        memory.fill(gradient, 0, gradientSize);
        continue;
      }
      dropTiny(dh, slotSize);
      stepBack(
        dhNext, gradient, gates, dh, states + step * recordSize, slotSize, rowSize, statePanels, stateMasks, rows, units,
        activation, gateActivation, resetAfter,
      );
      if (mask) {
        clearMaskedRows(gradient, <usize>width << 2, maskAt, steps, rows);
        keepMaskedRows(dhNext, dh, rowSize, maskAt, steps, rows);
      }
      const swap = dh;
      dh = dhNext;
      dhNext = swap;
    }
    if (!counts) {
      clearRows(dx + chunkTime * stepSize, inputRow, count * inputWidth, rows);
      continue;
    }
    const lastGradient = gradients + (count - 1) * gradientSize, record = states + (end - 1) * recordSize;
    const lastInput = (first * steps + (backwards ? steps - end : end - 1)) * stepSize;
    addChunk(
      sums, packed, lastGradient, gradientSize, width, 3 * padded, padded, width - padded, record, recordSize,
      x + lastInput, inputRow, stepStride, inputMasks, stateMasks,
      rows, count, inputSize, units,
    );
    if (!resetAfter) {
      const sumsOfLast = sums + sumsBytes(inputSize, units, width, width - padded, width);
      addMoreStates(sumsOfLast, packed, padded, record + 4 * slotSize, recordSize, rows, count, inputSize, units);
    }
    if (inputMasks) {
      seenInputGradients(
        dx + lastInput, inputRow, stepStride, lastGradient, gradientSize, width, 3, inputPanels, inputMasks,
        rows, count, inputSize, units,
      );
    } else if (x) {
      inputGradients(
        dx + lastInput, inputRow, stepStride, lastGradient, gradientSize, width, 3 * padded, inputPanels, rows, count, inputSize,
      );
    } else copySteps(dx + lastInput, inputRow, stepStride, lastGradient, gradientSize, width, inputWidth, rows, count);
  }
  if (dInitial) copyRows(dInitial + first * unitsSize, unitsSize, dh, rowSize, units, rows);
}

/** dh of the step before and one slot of gradients, from dh and a record; `gates` is four slots for dn, dz, dr and dq. */
function stepBack(
  dhNext: usize, gradient: usize, gates: usize, dh: usize, h: usize,
  slotSize: usize, rowSize: usize, statePanels: usize, stateMasks: usize, rows: i32, units: i32,
  activation: i32, gateActivation: i32, resetAfter: i32,
): void {
  const padded = <i32>(rowSize >> 2), count = <i32>(slotSize >> 2), parts = resetAfter ? 4 : 3;
  const z = h + slotSize, r = z + slotSize, n = r + slotSize, q = n + slotSize;
  const dz = gates + slotSize, dr = dz + slotSize, dq = dr + slotSize;
  beforeSlopes(gates, dz, dh, h, z, n, slotSize);
  activationSlope(gates, n, gates, activation, count);
  if (resetAfter) {
    setProducts(dr, gates, q, count);
    setProducts(dq, gates, r, count);
  } else {
    const panels = statePanels + <usize>(stateMasks ? 2 + 2 * units : 1 + 2 * padded) * rowSize;
    gemmRows(dq, rowSize, gates, rowSize, units, 0, 0, 0, panels, padded, rows);
    if (stateMasks) setProducts(dq, dq, maskOf(stateMasks, 2, units, rows), count);
    setProducts(dr, dq, h, count);
  }
  activationSlope(dz, z, dz, gateActivation, count << 1);
  const gradientRow = <usize>parts * rowSize;
  for (let part = 0; part < parts; part++) {
    copyRows(gradient + part * rowSize, gradientRow, gates + part * slotSize, rowSize, padded, rows);
  }
  if (stateMasks) {
    const seen = seenGradients(stateMasks, parts - 1, gradient + rowSize, gradientRow, statePanels, units, units, rows);
    memory.copy(dhNext, seen, slotSize);
  } else gemmRows(dhNext, rowSize, gradient + rowSize, gradientRow, (parts - 1) * padded, 0, 0, 0, statePanels, padded, rows);
  addProducts(dhNext, dh, z, count);
  if (!resetAfter) addProducts(dhNext, dq, r, count);
}

/** dn ← dh⊙(1−z);  dz ← dh⊙(h−n) */
function beforeSlopes(dn: usize, dz: usize, dh: usize, h: usize, z: usize, n: usize, size: usize): void {
  const one = f32x4.splat(1.0);
  for (let i: usize = 0; i < size; i += 16) {
    const d = v128.load(dh + i);
    v128.store(dn + i, f32x4.mul(d, f32x4.sub(one, v128.load(z + i))));
    v128.store(dz + i, f32x4.mul(d, f32x4.sub(v128.load(h + i), v128.load(n + i))));
  }
}

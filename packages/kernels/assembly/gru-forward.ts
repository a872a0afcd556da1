/**
 * Gated recurrent unit over whole sequences, one block of batch rows.
 *
 * z = g(x·Wz + h·Rz + bz);  r = g(x·Wr + h·Rr + br);  h' = z⊙h + (1−z)⊙n
 * n = f(x·Wh + bh + r⊙(h·Rh + ch)) with `resetAfter`, else f(x·Wh + bh + (r⊙h)·Rh)
 *
 * A step in which the mask lets no row of the block count is a copy of the state, and no more.
 *
 * Shapes   states: `gruRecordBytes` for each step and one for the last h if kept, else two in turn · y f32[batch, steps, units]
 *          last f32[batch, units] · x f32[batch, steps, inputSize], or with ids i32[batch, steps] a table f32[any, 3, units↑8] and
 *          `inputSize` 0 · initial f32[batch, units] · mask u8[batch, steps]
 *          panels as `packPanels` makes them, one after another: of bz, Wz, Rz; of br, Wr, Rr; and of bh, Wh, Rh, or with
 *          `resetAfter` of bh, Wh; of ch, Rh · inputMasks and stateMasks as `gate-masks.ts` says, of z, r, h
 * Memory   `states` and the masks of gates are this block's; the other pointers are those of the whole batch. y, last, ids, initial, mask,
 *          inputMasks and stateMasks may be null
 */
import { activate } from './activation';
import { copyRows } from './copy-rows';
import { maskRowBytes, seenBy } from './gate-masks';
import { gemmRows, gemmRowsFrom } from './gemm-rows';
import { gruRecordBytes } from './gru-records';
import { anyCounts, keepMaskedRows } from './masked-rows';
import { addProducts, setProducts } from './products';
import { slotBytes } from './slots';

export function gruForward(
  states: usize, y: usize, last: usize,
  x: usize, ids: usize, panels: usize, initial: usize, mask: usize, inputMasks: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32,
  activation: i32, gateActivation: i32, resetAfter: i32, backwards: i32, keepStates: i32,
): void {
  const paddedUnits = (units + 7) & ~7;
  const rowSize = <usize>paddedUnits << 2, slotSize = slotBytes(rows, units), recordSize = gruRecordBytes(rows, units);
  const unitsSize = <usize>units << 2, stepSize = <usize>inputSize << 2, inputRow = steps * stepSize;
  const first = <usize>firstRow;
  let h = states, next = states + recordSize;

  memory.fill(states, 0, slotSize);
  if (initial) copyRows(states, rowSize, initial + first * unitsSize, unitsSize, units, rows);
  for (let step = 0; step < steps; step++) {
    const time = first * steps + (backwards ? steps - 1 - step : step);
    const maskAt = mask ? mask + time : 0;
    if (!anyCounts(maskAt, steps, rows, 1)) {
      memory.copy(next, h, slotSize);
      memory.fill(h + 4 * slotSize, 0, slotSize); // the way back multiplies it with zeros
    } else {
      gates(
        h, slotSize, rowSize, x + time * stepSize, inputRow, ids ? ids + (time << 2) : 0, <usize>steps << 2, panels, inputMasks, stateMasks,
        rows, inputSize, units, activation, gateActivation, resetAfter,
      );
      nextState(next, h, slotSize);
      if (mask) keepMaskedRows(next, h, rowSize, maskAt, steps, rows);
    }
    if (y) copyRows(y + (first * steps + step) * unitsSize, steps * unitsSize, next, rowSize, units, rows);
    const following = keepStates ? next + recordSize : h;
    h = next;
    next = following;
  }
  if (last) copyRows(last + first * unitsSize, unitsSize, h, rowSize, units, rows);
}

/** Fills a record behind its h. */
function gates(
  h: usize, slotSize: usize, rowSize: usize, x: usize, inputRow: usize, ids: usize, idStride: usize,
  panels: usize, inputMasks: usize, stateMasks: usize,
  rows: i32, inputSize: i32, units: i32,
  activation: i32, gateActivation: i32, resetAfter: i32,
): void {
  const columns = <i32>(rowSize >> 2), count = <i32>(slotSize >> 2);
  const z = h + slotSize, r = z + slotSize, n = r + slotSize, product = n + slotSize;
  const gateSize = <usize>(1 + inputSize + units) * rowSize;
  const seenRow = inputMasks ? maskRowBytes(inputSize) : inputRow;
  let input = x, state = h;
  for (let gate: usize = 0; gate < 3; gate++) {
    if (inputMasks) input = seenBy(inputMasks, gate, x, inputRow, inputSize, rows);
    if (stateMasks) state = seenBy(stateMasks, gate, h, rowSize, units, rows);
    if (gate == 2) break;
    const out = z + gate * slotSize;
    if (ids) fromTable(out, rowSize, x + gate * rowSize, ids, idStride, state, units, panels, rows);
    else gemmRows(out, rowSize, input, seenRow, inputSize, state, rowSize, units, panels, columns, rows);
    panels += gateSize;
  }
  activate(z, gateActivation, count << 1);
  if (resetAfter) {
    if (ids) copyIds(n, rowSize, x + 2 * rowSize, ids, idStride, rows);
    else gemmRows(n, rowSize, input, seenRow, inputSize, 0, 0, 0, panels, columns, rows);
    gemmRows(product, rowSize, state, rowSize, units, 0, 0, 0, panels + <usize>(1 + inputSize) * rowSize, columns, rows);
    addProducts(n, r, product, count);
  } else {
    setProducts(product, r, state, count);
    if (ids) fromTable(n, rowSize, x + 2 * rowSize, ids, idStride, product, units, panels, rows);
    else gemmRows(n, rowSize, input, seenRow, inputSize, product, rowSize, units, panels, columns, rows);
  }
  activate(n, activation, count);
}

/** One gate's product with the state, on top of its part of the table's rows. */
function fromTable(
  out: usize, rowSize: usize, table: usize, ids: usize, idStride: usize, state: usize, units: i32, panels: usize, rows: i32,
): void {
  gemmRowsFrom(
    out, rowSize, table, 3 * rowSize, ids, idStride, state, rowSize, units, 0, 0, 0, panels, <i32>(rowSize >> 2), rows,
  );
}

/** One gate's part of the table's rows. */
function copyIds(out: usize, rowSize: usize, table: usize, ids: usize, idStride: usize, rows: i32): void {
  for (; rows > 0; rows--) {
    memory.copy(out, table + 3 * load<i32>(ids) * rowSize, rowSize);
    out += rowSize;
    ids += idStride;
  }
}

/** next ← z⊙h + (1−z)⊙n, from the record at h. */
function nextState(next: usize, h: usize, slotSize: usize): void {
  const one = f32x4.splat(1.0);
  const toZ = slotSize, toN = 3 * slotSize;
  for (const end = h + slotSize; h != end; h += 16, next += 16) {
    const z = v128.load(h + toZ);
    v128.store(next, f32x4.add(f32x4.mul(z, v128.load(h)), f32x4.mul(f32x4.sub(one, z), v128.load(h + toN))));
  }
}

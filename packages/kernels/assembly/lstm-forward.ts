/**
 * Long short-term memory over whole sequences, one block of batch rows.
 *
 * i, f, o = σ(x_t·W + h_{t−1}·R + b), g = act(…) likewise;  c_t = f⊙c_{t−1} + i⊙g;  h_t = o⊙act(c_t)
 *
 * As in `simple-rnn-forward.ts`, with a product for each gate. Where a step counts for no row of the block, the states are carried on
 * and nothing is computed.
 *
 * Shapes   states as `lstm-slots.ts` says · y f32[batch, steps, units] · lastH and lastC f32[batch, units]
 *          x f32[batch, steps, inputSize], or with ids i32[batch, steps] a table f32[any, 4, units↑8] and `inputSize` 0 · initialH and initialC f32[batch, units] · mask u8[batch, steps]
 *          panels: for each of the gates i, f, o, g what `packPanels` makes of its bias, W and R · inputMasks and stateMasks as
 *          `gate-masks.ts` says, in the same order
 * Memory   `states` and the masks of gates are this block's; the other pointers are those of the whole batch. y, lastH, lastC, ids,
 *          initialH, initialC, mask, inputMasks and stateMasks may be null
 */
import { activate } from './activation';
import { copyRows } from './copy-rows';
import { maskRowBytes, seenBy } from './gate-masks';
import { gemmRows, gemmRowsFrom } from './gemm-rows';
import { STATE_SLOTS, STEP_SLOTS } from './lstm-slots';
import { anyCounts, keepMaskedRows } from './masked-rows';
import { slotBytes } from './slots';

export function lstmForward(
  states: usize, y: usize, lastH: usize, lastC: usize,
  x: usize, ids: usize, panels: usize, initialH: usize, initialC: usize, mask: usize,
  inputMasks: usize, stateMasks: usize,
  firstRow: i32, rows: i32, steps: i32, inputSize: i32, units: i32,
  activation: i32, recurrentActivation: i32, backwards: i32, keepStates: i32,
): void {
  const paddedUnits = (units + 7) & ~7;
  const rowSize = <usize>paddedUnits << 2, slotSize = slotBytes(rows, units), unitsSize = <usize>units << 2;
  const stepSize = <usize>inputSize << 2, inputRow = steps * stepSize;
  const seenRow = inputMasks ? maskRowBytes(inputSize) : inputRow;
  const gatePanels = rowSize * <usize>(1 + inputSize + units);
  const first = <usize>firstRow, offset = first * unitsSize;
  let h = states, next = states + STEP_SLOTS * slotSize;

  memory.fill(states, 0, STATE_SLOTS * slotSize);
  if (initialH) copyRows(states, rowSize, initialH + offset, unitsSize, units, rows);
  if (initialC) copyRows(states + slotSize, rowSize, initialC + offset, unitsSize, units, rows);
  for (let step = 0; step < steps; step++) {
    const time = first * steps + (backwards ? steps - 1 - step : step);
    const maskAt = mask ? mask + time : 0;
    if (anyCounts(maskAt, steps, rows, 1)) {
      const gates = h + STATE_SLOTS * slotSize, input = x + time * stepSize;
      for (let gate: usize = 0; gate < 4; gate++) {
        const out = gates + gate * slotSize, weights = panels + gate * gatePanels;
        const state = stateMasks ? seenBy(stateMasks, gate, h, rowSize, units, rows) : h;
        if (ids) {
          gemmRowsFrom(
            out, rowSize, x + gate * rowSize, rowSize << 2, ids + (time << 2), <usize>steps << 2,
            state, rowSize, units, 0, 0, 0, weights, paddedUnits, rows,
          );
        } else {
          const seen = inputMasks ? seenBy(inputMasks, gate, input, inputRow, inputSize, rows) : input;
          gemmRows(out, rowSize, seen, seenRow, inputSize, state, rowSize, units, weights, paddedUnits, rows);
        }
      }
      nextStates(next, h, slotSize, activation, recurrentActivation);
      if (mask) {
        keepMaskedRows(next, h, rowSize, maskAt, steps, rows);
        keepMaskedRows(next + slotSize, h + slotSize, rowSize, maskAt, steps, rows);
      }
    } else {
      memory.copy(next, h, STATE_SLOTS * slotSize);
    }
    if (y) copyRows(y + (first * steps + step) * unitsSize, steps * unitsSize, next, rowSize, units, rows);
    const after = keepStates ? next + STEP_SLOTS * slotSize : h;
    h = next;
    next = after;
  }
  if (lastH) copyRows(lastH + offset, unitsSize, h, rowSize, units, rows);
  if (lastC) copyRows(lastC + offset, unitsSize, h + slotSize, rowSize, units, rows);
}

/** From the gates before their activations, behind h and c, to h and c of the next step. */
function nextStates(next: usize, h: usize, slotSize: usize, activation: i32, recurrentActivation: i32): void {
  const count = <i32>(slotSize >> 2);
  const input = h + STATE_SLOTS * slotSize;
  const c = h + slotSize, forget = input + slotSize, output = forget + slotSize, candidate = output + slotSize;
  const nextC = next + slotSize;
  activate(input, recurrentActivation, 3 * count);
  activate(candidate, activation, count);
  for (let i: usize = 0; i < slotSize; i += 16) {
    const kept = f32x4.mul(v128.load(forget + i), v128.load(c + i));
    const sum = f32x4.add(kept, f32x4.mul(v128.load(input + i), v128.load(candidate + i)));
    v128.store(nextC + i, sum);
    v128.store(next + i, sum);
  }
  activate(next, activation, count);
  for (let i: usize = 0; i < slotSize; i += 16) v128.store(next + i, f32x4.mul(v128.load(next + i), v128.load(output + i)));
}

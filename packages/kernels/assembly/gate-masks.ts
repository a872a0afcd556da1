/**
 * Recurrent dropout: what each gate sees through a mask of its own, and the way back through the masks.
 *
 * The masks are constants of a sequence. `masks` of one block begins with two slots (`slots.ts`) of room, in which these functions
 * work; behind them lies a mask for each gate.
 *
 * Shapes   a mask f32[rows, columns↑8] in a slot, zeros behind the last column and row; columns are the units or the inputs
 */
import { copyRows } from './copy-rows';
import { gemmRows } from './gemm-rows';
import { addProducts, setProducts } from './products';
import { slotBytes } from './slots';

/** Where the mask of a gate is. */
export function maskOf(masks: usize, gate: usize, columns: i32, rows: i32): usize {
  return masks + (2 + gate) * slotBytes(rows, columns);
}

/** Bytes of a row of a mask. */
export function maskRowBytes(columns: i32): usize {
  return <usize>((columns + 7) & ~7) << 2;
}

/** values ⊙ the gate's mask, in rows of `maskRowBytes`; valid until the next call. `stride` in bytes. */
export function seenBy(masks: usize, gate: usize, values: usize, stride: usize, columns: i32, rows: i32): usize {
  copyRows(masks, maskRowBytes(columns), values, stride, columns, rows);
  setProducts(masks, masks, maskOf(masks, gate, columns, rows), <i32>(slotBytes(rows, columns) >> 2));
  return masks;
}

/**
 * Σ over the first `gates` gates of mask ⊙ (dz·Wᵀ), in rows of `maskRowBytes`; valid until the next call.
 *
 * Shapes   dz as in `sequence-chunk.ts`, one step · panels: for each gate what `packTransposedPanels` makes of its block of W
 */
export function seenGradients(
  masks: usize, gates: usize, dz: usize, dzRow: usize, panels: usize, columns: i32, units: i32, rows: i32,
): usize {
  const row = maskRowBytes(columns), slot = slotBytes(rows, columns);
  const product = masks + slot;
  memory.fill(masks, 0, slot);
  for (let gate: usize = 0; gate < gates; gate++) {
    gemmRows(product, row, dz, dzRow, units, 0, 0, 0, panels, <i32>(row >> 2), rows);
    addProducts(masks, product, maskOf(masks, gate, columns, rows), <i32>(slot >> 2));
    dz += maskRowBytes(units);
    panels += <usize>(1 + units) * row;
  }
  return masks;
}

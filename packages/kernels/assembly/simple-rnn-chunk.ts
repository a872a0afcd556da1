/**
 * The part of a simple recurrent layer's way back that no step waits for, done for some steps at once.
 *
 * dx_t = dz_t·Wᵀ;  dW += Σ x_tᵀ·dz_t;  dR += Σ h_{t−1}ᵀ·dz_t;  db += Σ dz_t
 *
 * Everything is addressed from the chunk's last step, and goes back in time.
 *
 * Shapes   dz and h f32[rows, units↑8] a slot, a slot per step · x and dx f32[batch, steps, inputSize]
 * Units    strides in bytes; `stepStride` leads from a step of x to the one before it, `rowStride` to the next row
 */
import { addColumnSums } from './add-column-sums';
import { addOuterProducts } from './add-outer-products';
import { gemmRows } from './gemm-rows';
import { packPanelsOfRows, packTiles } from './pack-rows';

/** A cache line between tiles, so that their rows do not all fall into the same few sets of the cache. */
const GAP: usize = 64;

// @ts-ignore: decorator
@inline
function tileBytes(depth: i32): usize { return (<usize>depth << 4) + GAP; }

// @ts-ignore: decorator
@inline
function panelBytes(depth: i32): usize { return (<usize>depth << 5) + GAP; }

/** Bytes that `addChunk` packs `depth` = rows·steps into. */
export function chunkBytes(depth: i32, inputSize: i32, units: i32): usize {
  const tiles = <usize>(((inputSize + 3) >> 2) + ((units + 3) >> 2));
  return tiles * tileBytes(depth) + <usize>((units + 7) >> 3) * panelBytes(depth);
}

/** Adds the chunk to `sums`: rows of dW, of dR, both up to a multiple of 4, and db. */
export function addChunk(
  sums: usize, scratch: usize,
  dz: usize, h: usize, slotSize: usize,
  x: usize, rowStride: usize, stepStride: usize,
  rows: i32, steps: i32, inputSize: i32, units: i32,
): void {
  const rowSize = <usize>((units + 7) & ~7) << 2;
  const inputTiles = (inputSize + 3) >> 2, unitTiles = (units + 3) >> 2, panels = (units + 7) >> 3;
  const depth = rows * steps;
  const tileStride = tileBytes(depth), panelStride = panelBytes(depth);
  let inputs = scratch;
  let states = inputs + inputTiles * tileStride;
  let gradients = states + unitTiles * tileStride;
  const dzPanels = gradients;
  for (let r = 0; r < rows; r++) {
    packTiles(inputs, tileStride, x, stepStride, inputSize, steps);
    packTiles(states, tileStride, h, 0 - slotSize, units, steps);
    packPanelsOfRows(gradients, panelStride, dz, 0 - slotSize, panels << 3, steps);
    inputs += <usize>steps << 4;
    states += <usize>steps << 4;
    gradients += <usize>steps << 5;
    x += rowStride;
    h += rowSize;
    dz += rowSize;
  }
  addOuterProducts(sums, rowSize, scratch, tileStride, dzPanels, panelStride, inputTiles + unitTiles, panels, depth);
  addColumnSums(sums + <usize>((inputTiles + unitTiles) << 2) * rowSize, dzPanels, panelStride, panels, depth);
}

/** dx of the chunk; `panels` as `packTransposedPanels` makes them of W. */
export function inputGradients(
  dx: usize, rowStride: usize, stepStride: usize,
  dz: usize, slotSize: usize, panels: usize,
  rows: i32, steps: i32, inputSize: i32, units: i32,
): void {
  const rowSize = <usize>((units + 7) & ~7) << 2;
  for (let column = 0; column < inputSize; column += 8) {
    const width = min(8, inputSize - column);
    let out = dx, from = dz;
    for (let r = 0; r < rows; r++) {
      gemmRows(out, stepStride, from, 0 - slotSize, units, 0, 0, 0, panels, width, steps);
      out += rowStride;
      from += rowSize;
    }
    dx += 32;
    panels += <usize>(1 + units) << 5;
  }
}

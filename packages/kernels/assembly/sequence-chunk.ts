/**
 * The part of a recurrent layer's way back that no step waits for, done for some steps at once.
 *
 * dx_t = dz_t·Wᵀ;  dW += Σ x_tᵀ·dz_t;  dR += Σ h_{t−1}ᵀ·dz_t;  db += Σ dz_t
 *
 * A row of dz holds the gates side by side, each in units↑8 columns. W and R need not see all of them: each has a window of
 * columns of its own. Everything is addressed from the chunk's last step, and goes back in time. With masks (`gate-masks.ts`; null:
 * none) for x or h, those of the gates in the order of the window, each gate's products see x_t or h_{t−1} through its mask.
 *
 * Shapes   dz f32[rows, width] and h f32[rows, units↑8], a slot per step · x and dx f32[batch, steps, inputSize]; an `inputSize`
 *          of 0: no x, no dW
 * Units    strides in bytes; `stepStride` leads from a step of x to the one before it, `rowStride` to the next row; widths
 *          and first columns of windows in values, multiples of 8
 */
import { addColumnSums } from './add-column-sums';
import { addOuterProducts } from './add-outer-products';
import { copyRows } from './copy-rows';
import { maskOf, maskRowBytes, seenGradients } from './gate-masks';
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
export function chunkBytes(depth: i32, inputSize: i32, units: i32, width: i32): usize {
  const tiles = <usize>(((inputSize + 3) >> 2) + ((units + 3) >> 2));
  return tiles * tileBytes(depth) + <usize>(width >> 3) * panelBytes(depth);
}

/** Bytes of one block's sums: dW f32[inputSize↑4, inputWidth], dR f32[units↑4, stateWidth], db f32[width]. */
export function sumsBytes(inputSize: i32, units: i32, inputWidth: i32, stateWidth: i32, width: i32): usize {
  return <usize>(((inputSize + 3) & ~3) * inputWidth + ((units + 3) & ~3) * stateWidth + width) << 2;
}

/** Adds the chunk to `sums`, which are as `sumsBytes` says. Long for its many strides: each part is one call. */
export function addChunk(
  sums: usize, scratch: usize,
  dz: usize, dzSlot: usize, width: i32, inputWidth: i32, stateFirst: i32, stateWidth: i32,
  h: usize, hSlot: usize,
  x: usize, rowStride: usize, stepStride: usize, inputMasks: usize, stateMasks: usize,
  rows: i32, steps: i32, inputSize: i32, units: i32,
): void {
  const hRow = <usize>((units + 7) & ~7) << 2, dzRow = <usize>width << 2;
  const inputTiles = (inputSize + 3) >> 2, unitTiles = (units + 3) >> 2;
  const depth = rows * steps;
  const tileStride = tileBytes(depth), panelStride = panelBytes(depth);
  let inputs = scratch;
  let states = inputs + inputTiles * tileStride;
  let gradients = states + unitTiles * tileStride;
  const packedStates = states, panels = gradients, lastX = x, lastH = h;
  for (let r = 0; r < rows; r++) {
    packTiles(inputs, tileStride, x, stepStride, inputSize, steps);
    x += rowStride;
    packTiles(states, tileStride, h, 0 - hSlot, units, steps);
    packPanelsOfRows(gradients, panelStride, dz, 0 - dzSlot, width, steps);
    inputs += <usize>steps << 4;
    states += <usize>steps << 4;
    gradients += <usize>steps << 5;
    h += hRow;
    dz += dzRow;
  }
  const inputRow = <usize>inputWidth << 2, stateRow = <usize>stateWidth << 2;
  if (inputMasks) {
    addSeen(sums, inputRow, scratch, panels, panelStride, inputMasks, lastX, rowStride, stepStride, rows, steps, inputSize, units);
  } else addOuterProducts(sums, inputRow, scratch, tileStride, panels, panelStride, inputTiles, inputWidth >> 3, depth);
  sums += <usize>(inputTiles << 2) * inputRow;
  const stateGradients = panels + <usize>(stateFirst >> 3) * panelStride;
  if (stateMasks) {
    addSeen(sums, stateRow, packedStates, stateGradients, panelStride, stateMasks, lastH, hRow, 0 - hSlot, rows, steps, units, units);
  } else addOuterProducts(sums, stateRow, packedStates, tileStride, stateGradients, panelStride, unitTiles, stateWidth >> 3, depth);
  sums += <usize>(unitTiles << 2) * stateRow;
  addColumnSums(sums, panels, panelStride, width >> 3, depth);
}

/** Adds the products of what each gate sees of `left` with its gradients; `tiles` is room to pack it into. */
function addSeen(
  sums: usize, sumsRow: usize, tiles: usize, panels: usize, panelStride: usize, masks: usize,
  left: usize, rowStride: usize, stepStride: usize,
  rows: i32, steps: i32, columns: i32, units: i32,
): void {
  const gateRow = maskRowBytes(units), gatePanels = <i32>(gateRow >> 5);
  const depth = rows * steps, tileStride = tileBytes(depth);
  const count = (columns + 3) >> 2;
  const gates = sumsRow / gateRow;
  for (let gate: usize = 0; gate < gates; gate++) {
    let target = tiles, source = left, mask = maskOf(masks, gate, columns, rows);
    for (let r = 0; r < rows; r++) {
      packTiles(target, tileStride, source, stepStride, columns, steps);
      scaleTiles(target, tileStride, mask, count, steps);
      target += <usize>steps << 4;
      source += rowStride;
      mask += maskRowBytes(columns);
    }
    addOuterProducts(sums, sumsRow, tiles, tileStride, panels, panelStride, count, gatePanels, depth);
    sums += gateRow;
    panels += gatePanels * panelStride;
  }
}

/** One row's steps in `count` tiles, times its mask. */
function scaleTiles(tiles: usize, tileStride: usize, mask: usize, count: i32, steps: i32): void {
  for (; count > 0; count--) {
    const factor = v128.load(mask);
    for (let at = tiles, end = tiles + (<usize>steps << 4); at != end; at += 16) {
      v128.store(at, f32x4.mul(v128.load(at), factor));
    }
    tiles += tileStride;
    mask += 16;
  }
}

/** Adds the products of another left operand with the first `width` columns of dz, which `addChunk` left packed in `scratch`. */
export function addMoreStates(
  sums: usize, scratch: usize, width: i32,
  h: usize, hSlot: usize,
  rows: i32, steps: i32, inputSize: i32, units: i32,
): void {
  const hRow = <usize>((units + 7) & ~7) << 2;
  const unitTiles = (units + 3) >> 2, depth = rows * steps;
  const tileStride = tileBytes(depth), panelStride = panelBytes(depth);
  const packedStates = scratch + <usize>((inputSize + 3) >> 2) * tileStride;
  let states = packedStates;
  for (let r = 0; r < rows; r++) {
    packTiles(states, tileStride, h, 0 - hSlot, units, steps);
    states += <usize>steps << 4;
    h += hRow;
  }
  const panels = packedStates + unitTiles * tileStride;
  addOuterProducts(sums, <usize>width << 2, packedStates, tileStride, panels, panelStride, unitTiles, width >> 3, depth);
}

/** dx of the chunk, from the first `depth` columns of dz; `panels` as `packTransposedPanels` makes them of W. */
export function inputGradients(
  dx: usize, rowStride: usize, stepStride: usize,
  dz: usize, dzSlot: usize, width: i32, depth: i32, panels: usize,
  rows: i32, steps: i32, inputSize: i32,
): void {
  const dzRow = <usize>width << 2;
  for (let column = 0; column < inputSize; column += 8) {
    const columns = min(8, inputSize - column);
    let out = dx, from = dz;
    for (let r = 0; r < rows; r++) {
      gemmRows(out, stepStride, from, 0 - dzSlot, depth, 0, 0, 0, panels, columns, steps);
      out += rowStride;
      from += dzRow;
    }
    dx += 32;
    panels += <usize>(1 + depth) << 5;
  }
}

/** The same where each gate saw x through its mask; `panels` are those of `seenGradients`. */
export function seenInputGradients(
  dx: usize, rowStride: usize, stepStride: usize,
  dz: usize, dzSlot: usize, width: i32, gates: usize, panels: usize, masks: usize,
  rows: i32, steps: i32, inputSize: i32, units: i32,
): void {
  const dzRow = <usize>width << 2, seenRow = maskRowBytes(inputSize);
  for (let step = 0; step < steps; step++) {
    const seen = seenGradients(masks, gates, dz, dzRow, panels, inputSize, units, rows);
    copyRows(dx, rowStride, seen, seenRow, inputSize, rows);
    dx += stepStride;
    dz -= dzSlot;
  }
}

/** The first `columns` columns of dz itself, in the place of dx. */
export function copySteps(
  out: usize, rowStride: usize, stepStride: usize,
  dz: usize, dzSlot: usize, width: i32, columns: i32,
  rows: i32, steps: i32,
): void {
  for (let step = 0; step < steps; step++) {
    copyRows(out, rowStride, dz, <usize>width << 2, columns, rows);
    out += stepStride;
    dz -= dzSlot;
  }
}

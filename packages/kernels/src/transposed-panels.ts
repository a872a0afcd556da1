/** Transposed weights for the way back: all gates in one product, or a product for each gate where each has a dropout mask. */
import { roundUp, type Sizes } from './sequence-blocks.js';
import type { WasmKernels } from './wasm-module.js';

/** How the gates stand in panels: `products` behind each other, in each `gates` blocks of `units` rows, `depth` rows apart. */
export interface PanelShape {
  readonly products: number;
  readonly gates: number;
  readonly depth: number;
  readonly units: number;
}

/** The shape for `gates` gates, `apart` where each has a mask. */
export function panelShape(
  { units, paddedUnits }: Pick<Sizes, 'units' | 'paddedUnits'>,
  gates: number,
  apart: boolean,
): PanelShape {
  if (apart) return { products: gates, gates: 1, depth: units, units };
  return { products: 1, gates, depth: paddedUnits, units };
}

/** Bytes of the panels of a matrix of `rows` rows. */
export function transposedBytes({ products, gates, depth }: PanelShape, rows: number): number {
  return products * 4 * roundUp(rows, 8) * (1 + gates * depth);
}

/** Packs a matrix f32[rows, gates·units], whose rows are `stride` values apart. */
export function packTransposed(
  wasm: WasmKernels,
  to: number,
  matrix: number,
  rows: number,
  shape: PanelShape,
  stride: number,
): void {
  const { products, gates, depth, units } = shape;
  const bytes = transposedBytes(shape, rows) / products;
  for (let i = 0; i < products; i++)
    wasm.packTransposedPanels(to + i * bytes, matrix + 4 * i * units, rows, units, gates, depth, stride);
}

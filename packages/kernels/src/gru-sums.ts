/** The blocks' sums of a GRU, added into the gradients of its weights. */
import type { BlockSums } from './block-sums.js';
import { roundUp, type Sizes } from './sequence-blocks.js';
import type { WasmKernels } from './wasm-module.js';

/** Where the sums are and where they go; 0: not wanted. */
export interface GruSums {
  readonly kept: BlockSums;
  readonly sums: number;
  readonly dKernel: number;
  readonly dRecurrentKernel: number;
  readonly dBias: number;
}

/** Where the gates z, r, h of W stand among dn, dz, dr. */
export const GATE_PLACES: readonly number[] = [1, 2, 0];

/**
 * The rows of a block's sums hold dn, dz, dr, and with resetAfter the gradients of the recurrent product of h; the weights' gates
 * are z, r, h. See `assembly/gru-backward.ts`.
 */
export function addGruBlocks(
  wasm: WasmKernels,
  { inputSize, units, paddedUnits }: Sizes,
  resetAfter: boolean,
  { kept, sums, dKernel, dRecurrentKernel, dBias }: GruSums,
): void {
  const [gate, columns] = [4 * paddedUnits, 4 * units];
  const add = (out: number, at: number, rowBytes: number, rows: number): void =>
    wasm.sumBlocks(out, 3 * columns, sums + at, kept.sumBytes, rowBytes, kept.left, rows, units);
  const addGates = (out: number, at: number, places: readonly number[], rowBytes: number, rows: number) => {
    if (out) places.forEach((place, i) => add(out + i * columns, at + place * gate, rowBytes, rows));
  };
  const recurrent = roundUp(inputSize, 4) * 3 * gate;
  const window = (resetAfter ? 3 : 2) * gate; // of dz: what is left of R's products
  const bias = recurrent + roundUp(units, 4) * window;
  const last = bias + 3 * gate; // without resetAfter: the products of Rh
  addGates(dKernel, 0, GATE_PLACES, 3 * gate, inputSize);
  addGates(dRecurrentKernel, recurrent, resetAfter ? [0, 1, 2] : [0, 1], window, units);
  if (dRecurrentKernel && !resetAfter) add(dRecurrentKernel + 2 * columns, last, gate, units);
  addGates(dBias, bias, GATE_PLACES, 0, 1);
  if (resetAfter) addGates(dBias && dBias + 3 * columns, bias, [1, 2, 3], 0, 1);
}

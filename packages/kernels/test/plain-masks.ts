// What the gates of the plain loops see through dropout masks.
import { randomValues } from './random-values.js';

export interface PlainMasks {
  /** [batch, gates, units] */
  readonly stateMasks?: ArrayLike<number> | undefined;
  /** [batch, gates, inputSize] */
  readonly inputMasks?: ArrayLike<number> | undefined;
}

/** Which value of which gate's mask. */
export interface MaskPlace {
  readonly row: number;
  readonly gate: number;
  readonly gates: number;
  readonly column: number;
  readonly columns: number;
}

/** The factor at a place; 1 without masks. */
export function factorAt(masks: ArrayLike<number> | undefined, place: MaskPlace): number {
  const { row, gate, gates, column, columns } = place;
  return masks ? masks[(row * gates + gate) * columns + column]! : 1;
}

/** A third zeros, the rest all different: a mask in another's place shows. */
export function randomMasks(count: number, seed: number): Float32Array {
  return randomValues(count, seed).map((value) => (value < -0.3 ? 0 : 1 + value / 2));
}

/** The sizes that are measured. */
import { type Job, LAYER_KINDS, type LayerKind } from './job.js';

/** Batch, steps and units; inputs are as wide as the units. */
export type Size = readonly [batch: number, steps: number, units: number];

export const BATCHES = [1, 32, 64, 256] as const;
export const STEPS = [50, 500] as const;
export const UNITS = [32, 64, 128, 256] as const;

/** Every combination. */
export const ALL_SIZES: readonly Size[] = STEPS.flatMap((steps) =>
  UNITS.flatMap((units) => BATCHES.map((batch): Size => [batch, steps, units])),
);

/** A few sizes that still differ in batch, steps and units. */
export const QUICK_SIZES: readonly Size[] = [
  [1, 50, 32],
  [64, 50, 32],
  [64, 500, 32],
  [64, 50, 128],
];

/** The jobs of some layers and sizes, layer by layer. */
export function jobsOf(layers: readonly LayerKind[], sizes: readonly Size[], sequences: boolean): Job[] {
  return LAYER_KINDS.filter((layer) => layers.includes(layer)).flatMap((layer) =>
    sizes.map(([batch, steps, units]) => ({
      layer,
      batch,
      steps,
      units,
      inputSize: units,
      sequences,
      resetAfter: true,
    })),
  );
}

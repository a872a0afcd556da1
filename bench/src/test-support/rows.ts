/** Rows for tests of what is made from them. */
import type { Job, LayerKind, Mode } from '../jobs/job.js';
import { type TimedRow, timedRow } from '../table/row.js';

export function jobOf(layer: LayerKind, batch: number, steps: number, units: number): Job {
  return { layer, batch, steps, units, inputSize: units, sequences: false, resetAfter: true };
}

export function rowOf(job: Job, peer: string, millis: number, mode: Mode = 'train'): TimedRow {
  return timedRow({ job, mode, peer }, [millis, 2 * millis, 3 * millis], { firstCallMillis: 9, cores: 1 });
}

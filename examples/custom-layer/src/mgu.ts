/** The MGU layer: its cell and the driver. */
import { type DriverOptions, defineRecurrentLayer, type RNN } from '@ostinato/layers';
import { MGUCell, type MGUCellOptions } from './mgu-cell.js';

export interface MGUOptions extends MGUCellOptions, DriverOptions {}

const layer = defineRecurrentLayer('plugin-mgu>MGU', (options: MGUCellOptions) => new MGUCell(options));

export const mguSpec = layer.spec;

/**
 * Minimal gated unit over sequences. See `MGUCell` for its step.
 *
 * @example
 * const layer = mgu({ units: 32, returnSequences: true });
 */
export function mgu(options: MGUOptions): RNN {
  return layer.create(options);
}

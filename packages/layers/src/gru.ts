/** The GRU layer: its cell and the driver. */
import { defineRecurrentLayer } from './define-recurrent-layer.js';
import { GRUCell, type GRUCellOptions } from './gru-cell.js';
import type { DriverOptions, RNN } from './rnn.js';

export interface GRUOptions extends GRUCellOptions, DriverOptions {}

const layer = /* @__PURE__ */ defineRecurrentLayer(
  '@ostinato/layers>GRU',
  (options: GRUCellOptions) => new GRUCell(options),
);

export const gruSpec = /* @__PURE__ */ (() => layer.spec)();

/**
 * Gated recurrent layer. See `GRUCell` for its step and `RNN` for shapes.
 *
 * @example
 * const layer = gru({ units: 32 });
 */
export function gru(options: GRUOptions): RNN {
  return layer.create(options);
}

/** The LSTM layer: its cell and the driver. */
import { defineRecurrentLayer } from './define-recurrent-layer.js';
import { LSTMCell, type LSTMCellOptions } from './lstm-cell.js';
import type { DriverOptions, RNN } from './rnn.js';

export interface LSTMOptions extends LSTMCellOptions, DriverOptions {}

const layer = /* @__PURE__ */ defineRecurrentLayer(
  '@ostinato/layers>LSTM',
  (options: LSTMCellOptions) => new LSTMCell(options),
);

export const lstmSpec = /* @__PURE__ */ (() => layer.spec)();

/**
 * Long short-term memory layer. See `LSTMCell` for its step and `RNN` for shapes; its states are h and c.
 *
 * @example
 * const layer = lstm({ units: 32, returnSequences: true });
 */
export function lstm(options: LSTMOptions): RNN {
  return layer.create(options);
}

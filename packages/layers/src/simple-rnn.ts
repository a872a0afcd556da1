/** The SimpleRNN layer: its cell and the driver. */
import { defineRecurrentLayer } from './define-recurrent-layer.js';
import type { DriverOptions, RNN } from './rnn.js';
import { SimpleRNNCell, type SimpleRNNCellOptions } from './simple-rnn-cell.js';

export interface SimpleRNNOptions extends SimpleRNNCellOptions, DriverOptions {}

const layer = /* @__PURE__ */ defineRecurrentLayer(
  '@ostinato/layers>SimpleRNN',
  (options: SimpleRNNCellOptions) => new SimpleRNNCell(options),
);

export const simpleRNNSpec = /* @__PURE__ */ (() => layer.spec)();

/**
 * Fully connected recurrent layer. See `SimpleRNNCell` for its step and `RNN` for shapes.
 *
 * @example
 * const layer = simpleRNN({ units: 32 });
 */
export function simpleRNN(options: SimpleRNNOptions): RNN {
  return layer.create(options);
}

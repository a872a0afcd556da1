/** The convolutional LSTM over rows: its cell and the driver. */
import { defineCell } from '@ostinato/core';
import { ConvLSTMCell } from './conv-lstm-cell.js';
import type { ConvLSTMOptions } from './conv-lstm-options.js';
import { defineRecurrentLayer } from './define-recurrent-layer.js';
import type { DriverOptions, RNN } from './rnn.js';

export interface ConvLSTM1DOptions extends ConvLSTMOptions, DriverOptions {}

const layer = /* @__PURE__ */ defineRecurrentLayer(
  '@ostinato/layers>ConvLSTM1D',
  (options: ConvLSTMOptions) => new ConvLSTMCell(1, options),
);

export const convLSTM1DSpec = /* @__PURE__ */ (() => layer.spec)();

export const convLSTM1DCellSpec = /* @__PURE__ */ defineCell({
  name: '@ostinato/layers>ConvLSTM1DCell',
  create: (options: ConvLSTMOptions) => new ConvLSTMCell(1, options),
});

/**
 * Convolutional LSTM over sequences of rows, [batch, steps, columns, channels]. See `ConvLSTMCell` for its step and `RNN`
 * for shapes; its states are h and c.
 *
 * @example
 * const layer = convLstm1d({ filters: 16, kernelSize: 3 });
 */
export function convLstm1d(options: ConvLSTM1DOptions): RNN {
  return layer.create(options);
}

/** A `ConvLSTMCell` over rows to put into `rnn({ cell })`. */
export function convLstm1dCell(options: ConvLSTMOptions): ConvLSTMCell {
  return new ConvLSTMCell(1, options);
}

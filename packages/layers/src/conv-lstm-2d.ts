/** The convolutional LSTM over pictures: its cell and the driver. */
import { defineCell } from '@ostinato/core';
import { ConvLSTMCell } from './conv-lstm-cell.js';
import type { ConvLSTMOptions } from './conv-lstm-options.js';
import { defineRecurrentLayer } from './define-recurrent-layer.js';
import type { DriverOptions, RNN } from './rnn.js';

export interface ConvLSTM2DOptions extends ConvLSTMOptions, DriverOptions {}

const layer = /* @__PURE__ */ defineRecurrentLayer(
  '@ostinato/layers>ConvLSTM2D',
  (options: ConvLSTMOptions) => new ConvLSTMCell(2, options),
);

export const convLSTM2DSpec = /* @__PURE__ */ (() => layer.spec)();

export const convLSTM2DCellSpec = /* @__PURE__ */ defineCell({
  name: '@ostinato/layers>ConvLSTM2DCell',
  create: (options: ConvLSTMOptions) => new ConvLSTMCell(2, options),
});

/**
 * Convolutional LSTM over sequences of pictures, [batch, steps, rows, columns, channels]. See `ConvLSTMCell` for its step
 * and `RNN` for shapes; its states are h and c.
 *
 * @example
 * const layer = convLstm2d({ filters: 16, kernelSize: [3, 3], padding: 'same' });
 */
export function convLstm2d(options: ConvLSTM2DOptions): RNN {
  return layer.create(options);
}

/** A `ConvLSTMCell` over pictures to put into `rnn({ cell })`. */
export function convLstm2dCell(options: ConvLSTMOptions): ConvLSTMCell {
  return new ConvLSTMCell(2, options);
}

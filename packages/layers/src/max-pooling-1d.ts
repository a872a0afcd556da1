/** The maximum over windows of steps. */
import { defineLayer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { windowSlices } from './patches.js';
import type { Pooling1DOptions } from './pooling-options.js';
import { WindowPooling } from './window-pooling.js';
import type { WindowPlan } from './windows.js';

const NAME = '@ostinato/layers>MaxPooling1D';

/**
 * The maximum of each channel in each window. Of equal maxima the first gets the gradient, as in TensorFlow.
 *
 * Shapes   as `WindowPooling`
 * Throws   `config-…`; `shape-mismatch` for a sequence shorter than a window
 */
export class MaxPooling1D extends WindowPooling {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: Pooling1DOptions = {}) {
    super(NAME, options);
  }

  protected pool(x: tf.Tensor, plan: WindowPlan): tf.Tensor {
    const cells = windowSlices(x, [plan], Number.NEGATIVE_INFINITY);
    return cells.reduce((most, cell) => tf.maximum(most, cell));
  }
}

export const maxPooling1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: Pooling1DOptions) => new MaxPooling1D(options),
});

/** The maximum of each channel in each window. */
export function maxPooling1d(options: Pooling1DOptions = {}): MaxPooling1D {
  return new MaxPooling1D(options);
}

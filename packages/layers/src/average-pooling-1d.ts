/** The mean over windows of steps. */
import { defineLayer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { windowSlices } from './patches.js';
import type { Pooling1DOptions } from './pooling-options.js';
import { WindowPooling } from './window-pooling.js';
import type { WindowPlan } from './windows.js';

const NAME = '@ostinato/layers>AveragePooling1D';

/**
 * The mean of each channel in each window. Padding does not count: a window at the border has the mean of fewer steps.
 *
 * Shapes   as `WindowPooling`
 * Throws   `config-…`; `shape-mismatch` for a sequence shorter than a window
 */
export class AveragePooling1D extends WindowPooling {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: Pooling1DOptions = {}) {
    super(NAME, options);
  }

  protected pool(x: tf.Tensor, plan: WindowPlan): tf.Tensor {
    const sum = windowSlices(x, [plan]).reduce((total, cell) => tf.add(total, cell));
    return tf.div(sum, stepsSeen(plan, x.shape[1]!));
  }
}

/** How many real steps each window sees: a number, or f32[windows, 1]. */
function stepsSeen({ size, stride, count, before }: WindowPlan, length: number): number | tf.Tensor {
  const seen = Float32Array.from({ length: count }, (_, i) => {
    const start = i * stride - before;
    return Math.min(start + size, length) - Math.max(start, 0);
  });
  return seen.every((steps) => steps === size) ? size : tf.tensor(seen, [count, 1]);
}

export const averagePooling1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: Pooling1DOptions) => new AveragePooling1D(options),
});

/** The mean of each channel in each window. */
export function averagePooling1d(options: Pooling1DOptions = {}): AveragePooling1D {
  return new AveragePooling1D(options);
}

/** The maximum over all steps. */
import { defineLayer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { GlobalPooling } from './global-pooling.js';
import type { GlobalPooling1DOptions } from './global-pooling-options.js';

const NAME = '@ostinato/layers>GlobalMaxPooling1D';

/**
 * The maximum of each channel over all steps. Equal maxima share the gradient.
 *
 * As in Keras 3, a mask plays no part: masked steps are looked at, too. Where they must not be, let values before be
 * lower there, or take `globalAveragePooling1d`, which heeds masks.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, channels], or f32[batch, 1, channels] with `keepdims`
 * Throws   `config-data-format`, `config-keepdims`, `shape-mismatch`
 */
export class GlobalMaxPooling1D extends GlobalPooling {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: GlobalPooling1DOptions = {}) {
    super(NAME, options);
  }

  protected pool(x: tf.Tensor, stepsAxis: 1 | 2): tf.Tensor {
    return tf.max(x, stepsAxis, this.options.keepdims);
  }
}

export const globalMaxPooling1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: GlobalPooling1DOptions) => new GlobalMaxPooling1D(options),
});

/** The maximum of each channel over the steps. */
export function globalMaxPooling1d(options: GlobalPooling1DOptions = {}): GlobalMaxPooling1D {
  return new GlobalMaxPooling1D(options);
}

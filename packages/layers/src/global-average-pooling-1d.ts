/** The mean over all steps. */
import { type CallContext, defineLayer } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { GlobalPooling } from './global-pooling.js';
import type { GlobalPooling1DOptions } from './global-pooling-options.js';
import { stepMask } from './step-mask.js';
import { takenValues } from './taken-values.js';

const NAME = '@ostinato/layers>GlobalAveragePooling1D';

/**
 * The mean of each channel over the steps; over those that the mask takes, when there is one.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, channels], or f32[batch, 1, channels] with `keepdims`
 * Throws   `config-data-format`, `config-keepdims`, `shape-mismatch`
 * Differs  Keras divides by zero where a whole row is masked; here its mean is 0
 */
export class GlobalAveragePooling1D extends GlobalPooling {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  constructor(options: GlobalPooling1DOptions = {}) {
    super(NAME, options);
  }

  protected pool(x: tf.Tensor, stepsAxis: 1 | 2, { masks, path }: CallContext): tf.Tensor {
    const { keepdims } = this.options;
    const mask = stepMask(masks[0], [x.shape[0]!, x.shape[stepsAxis]!], path);
    if (!mask) return tf.mean(x, stepsAxis, keepdims);
    const taken = tf.expandDims(mask, stepsAxis === 1 ? 2 : 1);
    const count = tf.maximum(tf.sum(tf.cast(taken, 'float32'), stepsAxis, keepdims), 1);
    return tf.div(tf.sum(takenValues(x, taken), stepsAxis, keepdims), count);
  }
}

export const globalAveragePooling1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: GlobalPooling1DOptions) => new GlobalAveragePooling1D(options),
});

/** The mean of each channel over the steps. */
export function globalAveragePooling1d(options: GlobalPooling1DOptions = {}): GlobalAveragePooling1D {
  return new GlobalAveragePooling1D(options);
}

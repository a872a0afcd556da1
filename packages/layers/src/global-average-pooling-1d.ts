/** The mean over all steps. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  defineLayer,
  type JsonObject,
  Layer,
  type Mask,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { sequenceAxes } from './data-format.js';
import {
  type FullGlobalPoolingOptions,
  fillGlobalPoolingOptions,
  type GlobalPooling1DOptions,
  globalPoolingConfig,
  pooledShape,
} from './global-pooling-options.js';
import { checkAxisCount } from './input-axes.js';
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
export class GlobalAveragePooling1D extends Layer {
  readonly registeredName = NAME;
  readonly options: FullGlobalPoolingOptions;

  constructor(options: GlobalPooling1DOptions = {}) {
    const full = fillGlobalPoolingOptions(NAME, options);
    super(options);
    this.options = full;
  }

  override build({ inputShapes, path }: BuildContext): void {
    checkAxisCount(inputShapes[0], sequenceAxes(this.options.dataFormat), path);
  }

  call([x]: readonly tf.Tensor[], { masks, path }: CallContext): tf.Tensor {
    const { dataFormat, keepdims } = this.options;
    checkAxisCount(x!.shape, sequenceAxes(dataFormat), path);
    const stepsAxis = dataFormat === 'channelsLast' ? 1 : 2;
    const mask = stepMask(masks[0], [x!.shape[0]!, x!.shape[stepsAxis]!], path);
    if (!mask) return tf.mean(x!, stepsAxis, keepdims);
    const taken = tf.expandDims(mask, dataFormat === 'channelsLast' ? 2 : 1);
    const count = tf.maximum(tf.sum(tf.cast(taken, 'float32'), stepsAxis, keepdims), 1);
    return tf.div(tf.sum(takenValues(x!, taken), stepsAxis, keepdims), count);
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [pooledShape(inputShapes[0] ?? [], this.options)];
  }

  /** There are no steps left to mask. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...globalPoolingConfig(this.options) };
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

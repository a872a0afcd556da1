/** The maximum over all steps. */
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
export class GlobalMaxPooling1D extends Layer {
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

  call([x]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    const { dataFormat, keepdims } = this.options;
    checkAxisCount(x!.shape, sequenceAxes(dataFormat), path);
    return tf.max(x!, dataFormat === 'channelsLast' ? 1 : 2, keepdims);
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

export const globalMaxPooling1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: GlobalPooling1DOptions) => new GlobalMaxPooling1D(options),
});

/** The maximum of each channel over the steps. */
export function globalMaxPooling1d(options: GlobalPooling1DOptions = {}): GlobalMaxPooling1D {
  return new GlobalMaxPooling1D(options);
}

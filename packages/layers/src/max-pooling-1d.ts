/** The maximum over windows of steps. */
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
import { channelsFromEnd, channelsToEnd } from './data-format.js';
import { windowSlices } from './patches.js';
import {
  checkPoolingInput,
  fillPoolingOptions,
  type Pooling,
  type Pooling1DOptions,
  poolingConfig,
  poolingShape,
} from './pooling-options.js';
import { planWindow } from './windows.js';

const NAME = '@ostinato/layers>MaxPooling1D';

/**
 * The maximum of each channel in each window. Of equal maxima the first gets the gradient, as in TensorFlow.
 *
 * It runs over slices of the input, which have gradients on every backend; tfjs' own pooling has none on wasm.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, windows, channels]; windows = ⌊(steps − poolSize) / strides⌋ + 1,
 *          or with `same` ⌈steps / strides⌉
 * Throws   `config-…`; `shape-mismatch` for a sequence shorter than a window
 */
export class MaxPooling1D extends Layer {
  readonly registeredName = NAME;
  readonly pooling: Pooling;

  constructor(options: Pooling1DOptions = {}) {
    const pooling = fillPoolingOptions(NAME, options);
    super(options);
    this.pooling = pooling;
  }

  override build({ inputShapes, path }: BuildContext): void {
    checkPoolingInput(inputShapes[0], this.pooling, path);
  }

  call([given]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    const { window, dataFormat } = this.pooling;
    checkPoolingInput(given!.shape, this.pooling, path);
    const x = channelsToEnd(given!, dataFormat);
    const plan = planWindow(x.shape[1]!, window, path);
    const cells = windowSlices(x, [plan], Number.NEGATIVE_INFINITY);
    return channelsFromEnd(
      cells.reduce((most, cell) => tf.maximum(most, cell)),
      dataFormat,
    );
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [poolingShape(inputShapes[0] ?? [], this.pooling)];
  }

  /** As in Keras: a mask of steps is not one of windows. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...poolingConfig(this.pooling) };
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

/** The mean over windows of steps. */
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
import { planWindow, type WindowPlan } from './windows.js';

const NAME = '@ostinato/layers>AveragePooling1D';

/**
 * The mean of each channel in each window. Padding does not count: a window at the border has the mean of fewer steps.
 *
 * It runs over slices of the input, which have gradients on every backend; tfjs' own pooling has none on wasm.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, windows, channels]; windows = ⌊(steps − poolSize) / strides⌋ + 1,
 *          or with `same` ⌈steps / strides⌉
 * Throws   `config-…`; `shape-mismatch` for a sequence shorter than a window
 */
export class AveragePooling1D extends Layer {
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
    const sum = windowSlices(x, [plan]).reduce((total, cell) => tf.add(total, cell));
    return channelsFromEnd(tf.div(sum, stepsSeen(plan, x.shape[1]!)), dataFormat);
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

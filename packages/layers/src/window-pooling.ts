/** What the poolings over windows of steps share: all but how a window becomes one value. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  type JsonObject,
  Layer,
  type Mask,
  type QualifiedName,
  type Shape,
} from '@ostinato/core';
import type * as tf from '@tensorflow/tfjs-core';
import { channelsFromEnd, channelsToEnd } from './data-format.js';
import {
  checkPoolingInput,
  fillPoolingOptions,
  type Pooling,
  type Pooling1DOptions,
  poolingConfig,
  poolingShape,
} from './pooling-options.js';
import { planWindow, type WindowPlan } from './windows.js';

/**
 * One value of each channel from each window.
 *
 * Subclasses work on slices of the input, which have gradients on every backend; tfjs' own pooling has none on wasm.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, windows, channels]; windows = ⌊(steps − poolSize) / strides⌋ + 1,
 *          or with `same` ⌈steps / strides⌉
 * Throws   `config-…`; `shape-mismatch` for a sequence shorter than a window
 */
export abstract class WindowPooling extends Layer {
  readonly pooling: Pooling;

  constructor(name: QualifiedName, options: Pooling1DOptions) {
    const pooling = fillPoolingOptions(name, options);
    super(options);
    this.pooling = pooling;
  }

  /** f32[batch, windows, channels] from x f32[batch, steps, channels]. */
  protected abstract pool(x: tf.Tensor, plan: WindowPlan): tf.Tensor;

  override build({ inputShapes, path }: BuildContext): void {
    checkPoolingInput(inputShapes[0], this.pooling, path);
  }

  call([given]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    const { window, dataFormat } = this.pooling;
    checkPoolingInput(given!.shape, this.pooling, path);
    const x = channelsToEnd(given!, dataFormat);
    return channelsFromEnd(this.pool(x, planWindow(x.shape[1]!, window, path)), dataFormat);
  }

  override get mostInputs(): number {
    return 1;
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

/** What the poolings over all steps share: all but how the steps become one value. */
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
import { sequenceAxes } from './data-format.js';
import {
  type FullGlobalPoolingOptions,
  fillGlobalPoolingOptions,
  type GlobalPooling1DOptions,
  globalPoolingConfig,
  pooledShape,
} from './global-pooling-options.js';
import { checkAxisCount } from './input-axes.js';

/**
 * One value of each channel from all steps.
 *
 * Shapes   f32[batch, steps, channels] → f32[batch, channels], or f32[batch, 1, channels] with `keepdims`
 * Throws   `config-data-format`, `config-keepdims`, `shape-mismatch`
 */
export abstract class GlobalPooling extends Layer {
  readonly options: FullGlobalPoolingOptions;

  constructor(name: QualifiedName, options: GlobalPooling1DOptions) {
    const full = fillGlobalPoolingOptions(name, options);
    super(options);
    this.options = full;
  }

  /** x without its axis of steps, or with one of a single step when `keepdims` asks for it. */
  protected abstract pool(x: tf.Tensor, stepsAxis: 1 | 2, context: CallContext): tf.Tensor;

  override build({ inputShapes, path }: BuildContext): void {
    checkAxisCount(inputShapes[0], sequenceAxes(this.options.dataFormat), path);
  }

  call([x]: readonly tf.Tensor[], context: CallContext): tf.Tensor {
    const { dataFormat } = this.options;
    checkAxisCount(x!.shape, sequenceAxes(dataFormat), context.path);
    return this.pool(x!, dataFormat === 'channelsLast' ? 1 : 2, context);
  }

  override get mostInputs(): number {
    return 1;
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

/** The flatten layer. */
import {
  baseConfig,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { channelsToEnd, checkDataFormat, type DataFormat } from './data-format.js';

const NAME = '@ostinato/layers>Flatten';

export interface FlattenOptions extends LayerOptions {
  /** Where the channels stand in the input; `channelsFirst` moves them to the end before. Default `channelsLast`. */
  readonly dataFormat?: DataFormat;
}

/**
 * All axes but the batch in one.
 *
 * Shapes   f32[batch, …] → f32[batch, size]; f32[batch] → f32[batch, 1]
 */
export class Flatten extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;

  readonly dataFormat: DataFormat;

  constructor(options: FlattenOptions = {}) {
    checkFields(NAME, options, ['dataFormat', 'name', 'trainable']);
    super(options);
    this.dataFormat = options.dataFormat ?? 'channelsLast';
    checkDataFormat(this.registeredName, 'dataFormat', this.dataFormat);
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const size = x!.shape.slice(1).reduce((product, axis) => product * axis, 1);
    return tf.reshape(channelsToEnd(x!, this.dataFormat), [x!.shape[0]!, size]);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const [batch = null, ...rest] = inputShapes[0] ?? [];
    const known = rest.every((size) => size !== null);
    return [[batch, known ? rest.reduce<number>((product, size) => product * size!, 1) : null]];
  }

  /** Steps are no longer apart, so no mask can say which to skip. */
  override outputMasks(): readonly Mask[] {
    return [null];
  }

  getConfig(): JsonObject {
    return {
      ...baseConfig(this),
      ...(this.dataFormat === 'channelsFirst' ? { dataFormat: this.dataFormat } : {}),
    };
  }
}

export const flattenSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: FlattenOptions) => new Flatten(options),
});

/** All axes but the batch in one. */
export function flatten(options: FlattenOptions = {}): Flatten {
  return new Flatten(options);
}

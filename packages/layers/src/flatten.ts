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

/**
 * All axes but the batch in one.
 *
 * Shapes   f32[batch, …] → f32[batch, size]; f32[batch] → f32[batch, 1]
 */
export class Flatten extends Layer {
  readonly registeredName = '@ostinato/layers>Flatten';

  constructor(options: LayerOptions = {}) {
    super(options);
    checkFields(this.registeredName, options, ['name', 'trainable']);
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const size = x!.shape.slice(1).reduce((product, axis) => product * axis, 1);
    return tf.reshape(x!, [x!.shape[0]!, size]);
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
    return baseConfig(this);
  }
}

export const flattenSpec = /* @__PURE__ */ defineLayer({
  name: '@ostinato/layers>Flatten',
  create: (options: LayerOptions) => new Flatten(options),
});

/** All axes but the batch in one. */
export function flatten(options: LayerOptions = {}): Flatten {
  return new Flatten(options);
}

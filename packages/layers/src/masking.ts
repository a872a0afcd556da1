/** The masking layer: finds padding by its value. */
import {
  baseConfig,
  checkFields,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Shape,
  show,
  withoutGradient,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

const NAME = '@ostinato/layers>Masking';

export interface MaskingOptions extends LayerOptions {
  /** A step whose features all have this value is padding. Default 0. */
  readonly maskValue?: number;
}

/**
 * Masks the steps whose features all equal `maskValue`, and sets them to zero.
 *
 * Shapes   f32[batch, steps, features] → the same, with a mask bool[batch, steps]
 */
export class Masking extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly maskValue: number;

  constructor(options: MaskingOptions = {}) {
    checkFields(NAME, options, ['maskValue', 'name', 'trainable']);
    super(options);
    this.maskValue = options.maskValue ?? 0;
    if (typeof this.maskValue !== 'number' || Number.isNaN(this.maskValue)) {
      throw new OstinatoError('config-mask-value', {
        where: this.registeredName,
        what: '`maskValue` is not a value that steps can be compared with',
        expected: 'a number',
        received: show(this.maskValue),
      });
    }
  }

  call([x]: readonly tf.Tensor[]): tf.Tensor {
    const kept = withoutGradient(() => tf.cast(this.#counts(x!, true), 'float32'));
    return tf.mul(x!, kept);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  override outputMasks([x]: readonly tf.Tensor[]): readonly Mask[] {
    return [this.#counts(x!, false)];
  }

  /** Whether a step counts: bool[batch, steps(, 1)]. */
  #counts(x: tf.Tensor, keepDims: boolean): tf.Tensor {
    return tf.any(tf.notEqual(x, this.maskValue), -1, keepDims);
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), maskValue: this.maskValue };
  }
}

export const maskingSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: MaskingOptions) => new Masking(options),
});

/** Masks the steps whose features all equal `maskValue`. */
export function masking(options: MaskingOptions = {}): Masking {
  return new Masking(options);
}

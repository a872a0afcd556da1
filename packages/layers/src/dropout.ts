/** The dropout layer. */
import {
  baseConfig,
  type CallContext,
  checkFields,
  checkProbability,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  OstinatoError,
  type Shape,
  show,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './dropout-mask.js';

const NAME = '@ostinato/layers>Dropout';

export interface DropoutOptions extends LayerOptions {
  /** Probability of dropping. */
  readonly rate: number;
  /** Sizes of the mask, one for each axis of the input; null takes the input's. 1 drops a whole axis together. */
  readonly noiseShape?: readonly (number | null)[] | null;
}

/**
 * While training, sets a part of its inputs to zero and scales the rest by 1/(1−rate).
 *
 * Shapes   f32[…] → the same
 * Units    rate is a probability in [0, 1)
 * Throws   `config-rate`, `config-noise-shape`; `shape-mismatch` when noiseShape does not fit the input
 * Source   Srivastava et al. 2014
 */
export class Dropout extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly rate: number;
  readonly noiseShape: readonly (number | null)[] | null;

  constructor(options: DropoutOptions) {
    checkFields(NAME, options, ['rate', 'noiseShape', 'name', 'trainable']);
    super(options);
    checkProbability(this.registeredName, 'rate', options.rate);
    this.rate = options.rate;
    this.noiseShape = options.noiseShape ?? null;
    checkNoiseShape(this.noiseShape);
  }

  call([x]: readonly tf.Tensor[], { training, rng, path }: CallContext): tf.Tensor {
    if (!training || this.rate === 0) return tf.clone(x!);
    return tf.mul(x!, dropoutMask(this.#maskShape(x!.shape, path), this.rate, rng));
  }

  #maskShape(shape: readonly number[], path: string): readonly number[] {
    if (!this.noiseShape) return shape;
    const fits =
      this.noiseShape.length === shape.length &&
      this.noiseShape.every((size, i) => size === null || size === 1 || size === shape[i]);
    if (fits) return shape.map((size, i) => this.noiseShape![i] ?? size);
    throw new OstinatoError('shape-mismatch', {
      where: path,
      what: '`noiseShape` does not fit the input',
      expected: `for each axis of ${show(shape)} its size, 1 or null`,
      received: show(this.noiseShape),
    });
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    return {
      ...baseConfig(this),
      rate: this.rate,
      ...(this.noiseShape ? { noiseShape: this.noiseShape } : {}),
    };
  }
}

function checkNoiseShape(noiseShape: unknown): void {
  const isSize = (size: unknown): boolean =>
    size === null || (Number.isSafeInteger(size) && (size as number) >= 1);
  if (noiseShape === null || (Array.isArray(noiseShape) && noiseShape.every(isSize))) return;
  throw new OstinatoError('config-noise-shape', {
    where: NAME,
    what: '`noiseShape` is not a list of sizes',
    expected: 'for each axis a positive integer or null, or null for all of them',
    received: show(noiseShape),
  });
}

export const dropoutSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: DropoutOptions) => new Dropout(options),
});

/** Drops a part of its inputs while training. */
export function dropout(options: DropoutOptions): Dropout {
  return new Dropout(options);
}

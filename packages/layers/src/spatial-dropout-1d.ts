/** The layer that drops whole channels of sequences. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkProbability,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { dropoutMask } from './dropout-mask.js';
import { checkAxisCount } from './input-axes.js';
import { fillLayerOptions, REQUIRED } from './layer-options.js';

const NAME = '@ostinato/layers>SpatialDropout1D';
const AXES = ['batch', 'steps', 'channels'];

export interface SpatialDropout1DOptions extends LayerOptions {
  /** Probability of dropping a channel. */
  readonly rate: number;
}

/**
 * While training, sets whole channels of a sequence to zero, all its steps together, and scales the rest by 1/(1−rate).
 *
 * Shapes   f32[batch, steps, channels] → the same
 * Units    rate is a probability in [0, 1)
 * Throws   `config-rate`, `shape-mismatch`
 * Source   Tompson et al. 2015, arXiv:1411.4280, §3.2
 */
export class SpatialDropout1D extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly rate: number;

  constructor(options: SpatialDropout1DOptions) {
    const { rate } = fillLayerOptions(NAME, { rate: REQUIRED as number }, options, {
      rate: checkProbability,
    });
    super(options);
    this.rate = rate;
  }

  override build({ inputShapes, path }: BuildContext): void {
    checkAxisCount(inputShapes[0], AXES, path);
  }

  call([x]: readonly tf.Tensor[], { training, rng, path }: CallContext): tf.Tensor {
    checkAxisCount(x!.shape, AXES, path);
    if (!training || this.rate === 0) return tf.clone(x!);
    const [batch, , channels] = x!.shape as [number, number, number];
    return tf.mul(x!, dropoutMask([batch, 1, channels], this.rate, rng));
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), rate: this.rate };
  }
}

export const spatialDropout1DSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: SpatialDropout1DOptions) => new SpatialDropout1D(options),
});

/** Drops whole channels of sequences while training. */
export function spatialDropout1d(options: SpatialDropout1DOptions): SpatialDropout1D {
  return new SpatialDropout1D(options);
}

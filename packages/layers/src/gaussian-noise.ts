/** The layer that adds noise. */
import {
  baseConfig,
  type CallContext,
  checkFraction,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  primitive,
  type Rng,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { fillLayerOptions, REQUIRED } from './layer-options.js';

const NAME = '@ostinato/layers>GaussianNoise';

export interface GaussianNoiseOptions extends LayerOptions {
  /** Standard deviation of the noise. */
  readonly stddev: number;
}

/**
 * While training, adds a number from a normal distribution around 0 to each value.
 *
 * Shapes   f32[…] → the same
 * Units    stddev in [0, 1], as in Keras
 * Throws   `config-stddev`
 */
export class GaussianNoise extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly stddev: number;

  constructor(options: GaussianNoiseOptions) {
    const { stddev } = fillLayerOptions(NAME, { stddev: REQUIRED as number }, options, {
      stddev: checkFraction,
    });
    super(options);
    this.stddev = stddev;
  }

  call([x]: readonly tf.Tensor[], { training, rng }: CallContext): tf.Tensor {
    if (!training || this.stddev === 0) return tf.clone(x!);
    return tf.add(x!, noiseOf(x!.shape, this.stddev, rng));
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), stddev: this.stddev };
  }
}

function noiseOf(shape: number[], stddev: number, rng: Rng): tf.Tensor {
  const [noise] = primitive([rng], (stream) => [drawNoise(shape, stddev, stream)]);
  return noise;
}

function drawNoise(shape: number[], stddev: number, rng: Rng): tf.Tensor {
  const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => rng.normal(0, stddev));
  return tf.tensor(values, shape, 'float32');
}

export const gaussianNoiseSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: GaussianNoiseOptions) => new GaussianNoise(options),
});

/** Adds normally distributed noise while training. */
export function gaussianNoise(options: GaussianNoiseOptions): GaussianNoise {
  return new GaussianNoise(options);
}

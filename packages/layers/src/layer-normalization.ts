/** Normalization of each sample by its own mean and variance. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkAxes,
  checkShape,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Param,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { optionsToJSON } from './cell-options.js';
import { knownSize, placesOf } from './input-axes.js';
import { fillLayerOptions } from './layer-options.js';
import {
  type Moments,
  NORMALIZATION_CHECKS,
  NORMALIZATION_DEFAULTS,
  type NormalizationOptions,
  normalize,
  type ScaleAndShift,
  scaleAndShift,
} from './normalization-weights.js';

const NAME = '@ostinato/layers>LayerNormalization';

export interface LayerNormalizationOptions extends NormalizationOptions, LayerOptions {
  /** The axis or axes whose values are normalized together; negative ones count from the end. Default −1. */
  readonly axis?: number | readonly number[];
}

type FullOptions = Required<Omit<LayerNormalizationOptions, keyof LayerOptions>>;

/**
 * (x − μ) / √(σ² + ε) · γ + β, with mean and variance over the given axes of each sample. A mask is passed on.
 *
 * Shapes   f32[batch, …] → the same
 * Weights  gamma γ, beta β: the sizes of the axes, in their order in the input
 * Throws   `config-…`; `config-axis` for an axis that the input does not have; `shape-mismatch` when one has another
 *          size than at first, or one that is not known
 * Source   Ba et al. 2016, arXiv:1607.06450, §3
 */
export class LayerNormalization extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: FullOptions;
  #places: number[] = [];
  #expected: Shape = [];
  #weights: ScaleAndShift = { gamma: undefined, beta: undefined };

  constructor(options: LayerNormalizationOptions = {}) {
    const defaults: FullOptions = { axis: -1, ...NORMALIZATION_DEFAULTS };
    const full = fillLayerOptions(NAME, defaults, options, { axis: checkAxes, ...NORMALIZATION_CHECKS });
    super(options);
    this.options = full;
  }

  override build(context: BuildContext): void {
    const { axis } = this.options;
    const shape = context.inputShapes[0] ?? [];
    this.#places = placesOf(typeof axis === 'number' ? [axis] : axis, shape, context.path);
    const sizes = this.#places.map((place) => knownSize(shape, place, context.path));
    this.#expected = shape.map((size, place) => (this.#places.includes(place) ? size : null));
    this.#weights = scaleAndShift(context, sizes, this.options);
    this.params = Object.values(this.#weights).filter((param): param is Param => param !== undefined);
  }

  call([x]: readonly tf.Tensor[], { path }: CallContext): tf.Tensor {
    checkShape(x!, this.#expected, path);
    const mean = tf.mean(x!, this.#places, true);
    const variance = tf.mean(tf.squaredDifference(x!, mean), this.#places, true);
    const moments: Moments = { mean, variance };
    const shape = this.#expected.map((size) => size ?? 1);
    return normalize(x!, moments, this.options.epsilon, this.#weights, shape);
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    const { axis, ...rest } = this.options;
    return { ...baseConfig(this), axis: typeof axis === 'number' ? axis : [...axis], ...optionsToJSON(rest) };
  }
}

export const layerNormalizationSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: LayerNormalizationOptions) => new LayerNormalization(options),
});

/** Normalizes each sample by its own mean and variance. */
export function layerNormalization(options: LayerNormalizationOptions = {}): LayerNormalization {
  return new LayerNormalization(options);
}

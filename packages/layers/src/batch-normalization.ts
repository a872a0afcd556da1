/** Normalization of each channel by its mean and variance in the batch, or by their moving averages. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkFraction,
  checkShape,
  defineLayer,
  type Initializer,
  type InitializerName,
  type JsonObject,
  Layer,
  type LayerOptions,
  OstinatoError,
  type Param,
  type Shape,
  show,
  showShape,
  showTensor,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { optionsToJSON } from './cell-options.js';
import { knownSize, placesOf } from './input-axes.js';
import { fillLayerOptions, resolvedInBuild } from './layer-options.js';
import {
  type Moments,
  NORMALIZATION_CHECKS,
  NORMALIZATION_DEFAULTS,
  type NormalizationOptions,
  normalize,
  type ScaleAndShift,
  scaleAndShift,
} from './normalization-weights.js';
import { takenValues } from './taken-values.js';

const NAME = '@ostinato/layers>BatchNormalization';

/** Keras adds it to the number of steps that a mask takes. */
const MASK_EPSILON = 1e-7;

export interface BatchNormalizationOptions extends NormalizationOptions, LayerOptions {
  /** The axis of the channels; each has a mean and a variance. Negative ones count from the end. Default −1. */
  readonly axis?: number;
  /** Part of a moving average that a step keeps. Default 0.99. */
  readonly momentum?: number;
  /** Default `zeros`. */
  readonly movingMeanInitializer?: InitializerName | Initializer;
  /** Default `ones`. */
  readonly movingVarianceInitializer?: InitializerName | Initializer;
}

type FullOptions = Required<Omit<BatchNormalizationOptions, keyof LayerOptions>>;

/**
 * (x − μ) / √(σ² + ε) · γ + β. While training, μ and σ² are those of each channel in the batch, over the steps that the
 * mask takes, and each training step moves the averages towards them: m ← momentum·m + (1 − momentum)·μ. Otherwise, and
 * while `trainable` is false, they are the averages. A mask is passed on.
 *
 * Shapes   f32[batch, …, channels] → the same
 * Weights  gamma γ, beta β, and, not trainable, movingMean, movingVariance: [channels]
 * Units    momentum in [0, 1]; the variance is that of the batch itself, divided by the number of values
 * Throws   `config-…`; `shape-mismatch` when the channels are others than at first or not known, or when the mask has
 *          other axes than the input without its last
 * Source   Ioffe, Szegedy 2015, arXiv:1502.03167, algorithms 1 and 2
 * Differs  PyTorch's momentum is 1 − momentum, and its moving variance is divided by one value less; Keras' `renorm`
 *          and `synchronized` are not offered
 */
export class BatchNormalization extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: FullOptions;
  #place = 0;
  #expected: Shape = [];
  #weights: ScaleAndShift = { gamma: undefined, beta: undefined };
  #movingMean!: Param;
  #movingVariance!: Param;

  constructor(options: BatchNormalizationOptions = {}) {
    const full = fillLayerOptions(NAME, DEFAULTS, options, {
      ...NORMALIZATION_CHECKS,
      axis: checkAxis,
      momentum: checkFraction,
      movingMeanInitializer: resolvedInBuild,
      movingVarianceInitializer: resolvedInBuild,
    });
    super(options);
    this.options = full;
  }

  override build(context: BuildContext): void {
    const { axis, movingMeanInitializer, movingVarianceInitializer } = this.options;
    const shape = context.inputShapes[0] ?? [];
    this.#place = placesOf([axis], shape, context.path)[0]!;
    const channels = [knownSize(shape, this.#place, context.path)];
    this.#expected = shape.map((size, place) => (place === this.#place ? size : null));
    this.#weights = scaleAndShift(context, channels, this.options);
    const moving = (name: string, initializer: Initializer | string): Param =>
      context.param(name, channels, { initializer, trainable: false });
    this.#movingMean = moving('movingMean', movingMeanInitializer);
    this.#movingVariance = moving('movingVariance', movingVarianceInitializer);
    const { gamma, beta } = this.#weights;
    this.params = [gamma, beta, this.#movingMean, this.#movingVariance].filter(
      (param) => param !== undefined,
    );
  }

  call([x]: readonly tf.Tensor[], context: CallContext): tf.Tensor {
    checkShape(x!, this.#expected, context.path);
    checkMask(x!, context);
    const shape = this.#expected.map((size) => size ?? 1);
    const moments =
      context.training && context.trainable ? this.#momentsOfBatch(x!, context) : this.#movingMoments(shape);
    return normalize(x!, moments, this.options.epsilon, this.#weights, shape);
  }

  #movingMoments(shape: number[]): Moments {
    const at = (param: Param): tf.Tensor => tf.reshape(param.tensor, shape);
    return { mean: at(this.#movingMean), variance: at(this.#movingVariance) };
  }

  #momentsOfBatch(x: tf.Tensor, { masks, update }: CallContext): Moments {
    const axes = x.shape.map((_, place) => place).filter((place) => place !== this.#place);
    const moments = masks[0] ? maskedMoments(x, masks[0], axes) : plainMoments(x, axes);
    const { momentum } = this.options;
    const move = (param: Param, value: tf.Tensor): void =>
      update(param, (present) =>
        tf.add(tf.mul(present, momentum), tf.mul(tf.reshape(value, [...param.shape]), 1 - momentum)),
      );
    move(this.#movingMean, moments.mean);
    move(this.#movingVariance, moments.variance);
    return moments;
  }

  override get mostInputs(): number {
    return 1;
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return [inputShapes[0] ?? []];
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...optionsToJSON(this.options) };
  }
}

const DEFAULTS: FullOptions = {
  axis: -1,
  momentum: 0.99,
  ...NORMALIZATION_DEFAULTS,
  movingMeanInitializer: 'zeros',
  movingVarianceInitializer: 'ones',
};

function plainMoments(x: tf.Tensor, axes: number[]): Moments {
  const mean = tf.mean(x, axes, true);
  return { mean, variance: tf.mean(tf.squaredDifference(x, mean), axes, true) };
}

/** Over what the mask takes. It stands for the axes before the last, and counts for each value of that. */
function maskedMoments(x: tf.Tensor, mask: tf.Tensor, axes: number[]): Moments {
  const last = x.rank - 1;
  const taken = tf.expandDims(mask, last);
  const each = axes.includes(last) ? x.shape[last]! : 1;
  const count = tf.add(tf.mul(tf.sum(tf.cast(taken, 'float32'), axes, true), each), MASK_EPSILON);
  const mean = tf.div(tf.sum(takenValues(x, taken), axes, true), count);
  const difference = takenValues(tf.sub(x, mean), taken);
  return { mean, variance: tf.div(tf.sum(tf.square(difference), axes, true), count) };
}

/** Throws `shape-mismatch` for a mask that does not stand for the axes before the last. */
function checkMask(x: tf.Tensor, { masks, path }: CallContext): void {
  const mask = masks[0];
  if (!mask || mask.rank === x.rank - 1) return;
  throw new OstinatoError('shape-mismatch', {
    where: path,
    what: 'The mask does not have the axes of the input without its last',
    expected: `bool${showShape(x.shape.slice(0, -1))}`,
    received: showTensor(mask),
  });
}

function checkAxis(where: string, _name: string, value: unknown): void {
  if (Number.isSafeInteger(value)) return;
  throw new OstinatoError('config-axis', {
    where,
    what: '`axis` is not an axis',
    expected: 'an integer',
    received: show(value),
  });
}

export const batchNormalizationSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: BatchNormalizationOptions) => new BatchNormalization(options),
});

/** Normalizes each channel by its mean and variance in the batch. */
export function batchNormalization(options: BatchNormalizationOptions = {}): BatchNormalization {
  return new BatchNormalization(options);
}

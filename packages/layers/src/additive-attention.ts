/** Attention with scores from a sum of query and key. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkBoolean,
  checkFields,
  checkOptions,
  checkShape,
  defined,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  OstinatoError,
  type Param,
  type Shape,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import {
  ATTEND_DEFAULTS,
  type AttendOptions,
  attend,
  attendedMasks,
  attendedShapes,
  checkAttendOptions,
} from './attend.js';

const NAME = '@ostinato/layers>AdditiveAttention';

export interface AdditiveAttentionOptions extends AttendOptions {
  /** true: each feature of tanh(q + k) has a weight. Default true. */
  readonly useScale?: boolean;
}

const DEFAULTS = { useScale: true, ...ATTEND_DEFAULTS } as const;

/**
 * For each step of a query the mean of values, weighted by a small network of it and their keys.
 *
 * softmax(Σ scale⊙tanh(q + k))·v, the sum over features. A masked value counts for nothing; a masked step of the query
 * gives 0. A step that may look at nothing weighs all values alike, as in Keras.
 *
 * Shapes   query f32[batch, steps, features] · value f32[batch, sources, valueSize] · key f32[batch, sources, features]
 *          → f32[batch, steps, valueSize]; with returnAttentionScores the weights f32[batch, steps, sources] follow.
 *          Without a key the values are keys; with one input it looks at itself
 * Weights  scale [features]
 * Memory   holds f32[batch, steps, sources, features] while it trains
 * Throws   `inputs-count`; `shape-mismatch` with the two inputs that do not fit together
 * Source   Bahdanau, Cho, Bengio 2015, arXiv:1409.0473
 * Differs  Keras takes use_causal_mask and return_attention_scores with each call, and no single input
 *
 * @example
 * const context = additiveAttention();
 */
export class AdditiveAttention extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: Required<Omit<AdditiveAttentionOptions, keyof LayerOptions>>;
  #scale: Param | undefined;

  constructor(options: AdditiveAttentionOptions = {}) {
    checkOptions(NAME, options);
    super(options);
    const { name: _name, trainable: _trainable, ...own } = options;
    checkFields(NAME, own, Object.keys(DEFAULTS));
    this.options = { ...DEFAULTS, ...defined(own) };
    checkBoolean(NAME, 'useScale', this.options.useScale);
    checkAttendOptions(NAME, this.options);
  }

  override build(context: BuildContext): void {
    attendedShapes(context.inputShapes, this.options, context.path);
    if (!this.options.useScale) return;
    const features = context.inputShapes[0]![2];
    if (typeof features !== 'number') {
      throw new OstinatoError('shape-mismatch', {
        where: context.path,
        what: 'The number of features of the query is not known',
        expected: 'a query of [batch, steps, features]',
        received: showShape(context.inputShapes[0]!),
      });
    }
    this.#scale = context.param('scale', [features], { initializer: 'glorotUniform' });
    this.params = [this.#scale];
  }

  call(inputs: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    attendedShapes(
      inputs.map((input) => input.shape),
      this.options,
      context.path,
    );
    if (this.#scale) checkShape(inputs[0]!, [null, null, this.#scale.shape[0]!], context.path, 'the query');
    return attend(inputs, (query, key) => this.#scores(query, key), this.options, context);
  }

  #scores(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    const bent = tf.tanh(tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1)));
    return tf.sum(this.#scale ? tf.mul(bent, this.#scale.tensor) : bent, 3);
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    return attendedShapes(inputShapes, this.options, this.registeredName);
  }

  override outputMasks(_inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    return attendedMasks(masks, this.options);
  }

  getConfig(): JsonObject {
    return { ...baseConfig(this), ...this.options };
  }
}

export const additiveAttentionSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: AdditiveAttentionOptions) => new AdditiveAttention(options),
});

/** For each step of a query the mean of values, weighted by a small network of it and their keys. */
export function additiveAttention(options: AdditiveAttentionOptions = {}): AdditiveAttention {
  return new AdditiveAttention(options);
}

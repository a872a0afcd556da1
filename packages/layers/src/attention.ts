/** Attention with scores from dot products. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkBoolean,
  checkFields,
  checkOneOf,
  checkOptions,
  defined,
  defineLayer,
  type JsonObject,
  Layer,
  type LayerOptions,
  type Mask,
  type Param,
  type Shape,
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

const NAME = '@ostinato/layers>Attention';

export interface AttentionOptions extends AttendOptions {
  /** true: the scores are multiplied by a weight; with `concat`, what goes into tanh is. Default false. */
  readonly useScale?: boolean;
  /** `dot`: q·k; `concat`: w·Σ tanh(q + k). Default `dot`. */
  readonly scoreMode?: 'dot' | 'concat';
}

const DEFAULTS = { useScale: false, scoreMode: 'dot', ...ATTEND_DEFAULTS } as const;

/**
 * For each step of a query the mean of values, weighted by how well their keys fit it.
 *
 * softmax(scale·q·kᵀ)·v; with `scoreMode: 'concat'` the scores are w·Σ tanh(scale·(q + k)). A masked value counts for
 * nothing; a masked step of the query gives 0. A step that may look at nothing weighs all values alike, as in Keras.
 *
 * Shapes   query f32[batch, steps, features] · value f32[batch, sources, valueSize] · key f32[batch, sources, features]
 *          → f32[batch, steps, valueSize]; with returnAttentionScores the weights f32[batch, steps, sources] follow.
 *          Without a key the values are keys; with one input it looks at itself
 * Weights  scale [] · concatScoreWeight []
 * Throws   `inputs-count`; `shape-mismatch` with the two inputs that do not fit together; `config-score-mode` and others
 * Source   Luong et al. 2015, arXiv:1508.04025
 * Differs  Keras takes use_causal_mask and return_attention_scores with each call, and no single input
 *
 * @example
 * const context = attention({ useScale: true });
 */
export class Attention extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: Required<Omit<AttentionOptions, keyof LayerOptions>>;
  #scale: Param | undefined;
  #concatScoreWeight: Param | undefined;

  constructor(options: AttentionOptions = {}) {
    checkOptions(NAME, options);
    super(options);
    const { name: _name, trainable: _trainable, ...own } = options;
    checkFields(NAME, own, Object.keys(DEFAULTS));
    this.options = { ...DEFAULTS, ...defined(own) };
    checkBoolean(NAME, 'useScale', this.options.useScale);
    checkOneOf(NAME, 'scoreMode', this.options.scoreMode, ['dot', 'concat']);
    checkAttendOptions(NAME, this.options);
  }

  override build(context: BuildContext): void {
    attendedShapes(context.inputShapes, this.options, context.path);
    const { useScale, scoreMode } = this.options;
    const one = (name: string): Param => context.param(name, [], { initializer: 'ones' });
    this.#scale = useScale ? one('scale') : undefined;
    this.#concatScoreWeight = scoreMode === 'concat' ? one('concatScoreWeight') : undefined;
    this.params = [this.#scale, this.#concatScoreWeight].filter((param) => param !== undefined);
  }

  call(inputs: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    attendedShapes(
      inputs.map((input) => input.shape),
      this.options,
      context.path,
    );
    return attend(inputs, (query, key) => this.#scores(query, key), this.options, context);
  }

  #scores(query: tf.Tensor, key: tf.Tensor): tf.Tensor {
    const scaled = (x: tf.Tensor): tf.Tensor => (this.#scale ? tf.mul(x, this.#scale.tensor) : x);
    if (!this.#concatScoreWeight) return scaled(tf.matMul(query, key, false, true));
    const sums = tf.add(tf.expandDims(query, 2), tf.expandDims(key, 1));
    return tf.mul(tf.sum(tf.tanh(scaled(sums)), 3), this.#concatScoreWeight.tensor);
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

export const attentionSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: AttentionOptions) => new Attention(options),
});

/** For each step of a query the mean of values, weighted by dot products with their keys. */
export function attention(options: AttentionOptions = {}): Attention {
  return new Attention(options);
}

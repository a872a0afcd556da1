/** Attention by several heads at once, each with projections of its own. */
import {
  type BuildContext,
  baseConfig,
  type CallContext,
  checkShape,
  defineLayer,
  type JsonObject,
  Layer,
  type Mask,
  OstinatoError,
  type Shape,
  showShape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { attendedMasks } from './attend.js';
import { type AttentionInputs, attentionInputs, checkPair } from './attention-inputs.js';
import { allOf, alongQueries, alongValues, causalPairs, MASKED_SCORE, pairsWhere } from './attention-mask.js';
import { optionsToJSON } from './cell-options.js';
import { dropoutMask } from './dropout-mask.js';
import { type HeadLayout, headLayout, joinHeads, sizesOf, splitHeads } from './head-layout.js';
import {
  type FullMultiHeadOptions,
  fillMultiHeadOptions,
  type MultiHeadAttentionOptions,
} from './multi-head-options.js';
import { applyProjection, makeProjection, type Projection, projectionParams } from './projection.js';
import { stepMask } from './step-mask.js';

export type { MultiHeadAttentionOptions } from './multi-head-options.js';

const NAME = '@ostinato/layers>MultiHeadAttention';

/**
 * For each step of a query the means of values as several heads weigh them, projected back together.
 *
 * For each head softmax((x·Wq + bq)·(y·Wk + bk)ᵀ/√keyDim)·(y·Wv + bv); then heads·Wo + bo. Masks of query, value and key
 * say which scores count. A step that may look at nothing weighs all values alike; with `dropout` or
 * `returnAttentionScores` it finds zeros instead. Keras (on TensorFlow and JAX) has these two ways, too.
 *
 * Shapes   query f32[batch, steps, features] · value f32[batch, sources, any] · key f32[batch, sources, any]
 *          → f32[batch, steps, ...outputShape]; with returnAttentionScores the weights before dropout follow,
 *          f32[batch, numHeads, steps, sources]. Without a key the values are keys; with one input it looks at itself.
 *          More axes between batch and features are attended over together, or those that `attentionAxes` names;
 *          then there are no masks
 * Weights  query/kernel [features, numHeads, keyDim] · query/bias [numHeads, keyDim] · key/… · with useGate gate/… ·
 *          value/… [any, numHeads, valueDim] · attentionOutput/kernel [numHeads, valueDim, ...outputShape] · its bias
 * Throws   `inputs-count`; `shape-mismatch` with the two inputs that do not fit together; `mask-unsupported`
 * Source   Vaswani et al. 2017, arXiv:1706.03762
 * Differs  Keras takes use_causal_mask and return_attention_scores with each call, no single input, and an attention
 *          mask of one's own. Its call takes the masks off its inputs: who reads these tensors later finds none, and a loss behind a
 *          residual counts padding, too. Here masks stay
 *
 * @example
 * const layer = multiHeadAttention({ numHeads: 4, keyDim: 16, useCausalMask: true });
 */
export class MultiHeadAttention extends Layer {
  static override readonly repeatable = true;
  readonly registeredName = NAME;
  readonly options: FullMultiHeadOptions;
  #projections: Projections | undefined;

  constructor(options: MultiHeadAttentionOptions) {
    const full = fillMultiHeadOptions(NAME, options);
    super(options);
    this.options = full;
  }

  override build(context: BuildContext): void {
    const { query, key, value } = this.#checked(context.inputShapes, context.path).inputs;
    const { numHeads, keyDim, valueDim, useGate, outputShape } = this.options;
    const make = (name: string, from: readonly number[], to: readonly number[]): Projection =>
      makeProjection(context.part(name, []), from, to, this.options);
    const features = featuresOf(query, 'query', context.path);
    this.#projections = {
      query: make('query', [features], [numHeads, keyDim]),
      key: make('key', [featuresOf(key, 'key', context.path)], [numHeads, keyDim]),
      ...(useGate ? { gate: make('gate', [features], [numHeads, valueDim]) } : {}),
      value: make('value', [featuresOf(value, 'value', context.path)], [numHeads, valueDim]),
      output: make('attentionOutput', [numHeads, valueDim], outputShape ?? [features]),
    };
    this.params = Object.values(this.#projections).flatMap(projectionParams);
    const { useBias } = this.options;
    context.kernels.use('dense.product', { inputSize: features, units: numHeads * keyDim, useBias });
  }

  call(tensors: readonly tf.Tensor[], context: CallContext): readonly tf.Tensor[] {
    const { layout } = this.#checked(
      tensors.map((tensor) => tensor.shape),
      context.path,
    );
    const { query, key, value } = attentionInputs(tensors, context.path);
    const by = this.#projections!;
    for (const [role, x] of Object.entries({ query, key, value }))
      checkShape(x, [...x.shape.slice(0, -1), by[role as 'query'].from[0]!], context.path, `the ${role}`);
    const scale = 1 / Math.sqrt(this.options.keyDim);
    const projected = (x: tf.Tensor, projection: Projection): tf.Tensor =>
      applyProjection(x, projection, context.kernels);
    const queries = splitHeads(tf.mul(projected(query, by.query), scale), layout);
    const keys = splitHeads(projected(key, by.key), layout, true);
    const weights = this.#softmax(tf.matMul(queries, keys), this.#counts(tensors, context));
    const values = splitHeads(projected(value, by.value), layout);
    const found = joinHeads(tf.matMul(this.#dropped(weights, context), values), layout, query.shape);
    const gated = by.gate ? tf.mul(found, tf.sigmoid(projected(query, by.gate))) : found;
    const output = projected(gated, by.output);
    if (!this.options.returnAttentionScores) return [output];
    return [output, tf.reshape(weights, this.#scoresShape(query.shape, value.shape, layout) as number[])];
  }

  /** Which scores count, [batch, 1, steps, sources] or stretching to it; null when all do. */
  #counts(tensors: readonly tf.Tensor[], { masks, path }: CallContext): tf.Tensor | null {
    const { query, value, key } = attentionInputs(tensors, path);
    const mask = attentionInputs(masks, path);
    if (query.rank > 3) {
      if (masks.every((given) => given === null)) return null;
      throw new OstinatoError('mask-unsupported', {
        where: path,
        what: `A mask of steps does not say which scores count in attention over ${showShape(query.shape)}`,
        expected: 'inputs of [batch, steps, features], or no masks',
        fix: 'Take the mask away before, or flatten the axes that are attended over to one',
      });
    }
    const { useCausalMask, slidingWindow } = this.options;
    const [steps, sources] = [query.shape[1]!, value.shape[1]!];
    const counts = allOf([
      alongQueries(stepMask(mask.query, query.shape, path)),
      alongValues(stepMask(mask.value, value.shape, path)),
      tensors.length > 2 ? alongValues(stepMask(mask.key, key.shape, path)) : null,
      useCausalMask ? causalPairs(steps, sources) : null,
      slidingWindow === null
        ? null
        : pairsWhere(steps, sources, (step, source) => Math.abs(step - source) < slidingWindow),
    ]);
    return counts && tf.expandDims(counts, 1);
  }

  /** What does not count is replaced, so that nothing is learnt from it. */
  #softmax(scores: tf.Tensor, counts: tf.Tensor | null): tf.Tensor {
    if (!counts) return tf.softmax(scores);
    const lowered = tf.add(tf.mul(scores, counts), tf.mul(tf.sub(1, counts), MASKED_SCORE));
    const weights = tf.softmax(lowered);
    const { dropout, returnAttentionScores } = this.options;
    return dropout > 0 || returnAttentionScores ? tf.mul(weights, counts) : weights;
  }

  #dropped(weights: tf.Tensor, { training, rng }: CallContext): tf.Tensor {
    const { dropout } = this.options;
    return training && dropout > 0 ? tf.mul(weights, dropoutMask(weights.shape, dropout, rng)) : weights;
  }

  #checked(shapes: readonly Shape[], where: string): CheckedShapes {
    const inputs = attentionInputs(shapes, where);
    const rank = inputs.query.length;
    for (const role of ['query', 'value', 'key'] as const) {
      if (rank >= 3 && inputs[role].length === rank) continue;
      throw new OstinatoError('shape-mismatch', {
        where,
        what: `The ${role} ${showShape(inputs[role])} is not what heads can look over`,
        expected: 'query, value and key of [batch, steps, features], or alike with more axes of steps',
        received: shapes.map(showShape).join(' and '),
      });
    }
    const { attentionAxes, useCausalMask, slidingWindow } = this.options;
    const layout = headLayout(rank, attentionAxes, where);
    const lead = Array.from({ length: rank - 1 }, (_, axis) => axis);
    checkPair(
      inputs,
      ['query', 'value'],
      layout.outer,
      'as many rows, and steps that are not attended over',
      where,
    );
    checkPair(inputs, ['value', 'key'], lead, 'as many rows and steps', where);
    if (rank === 3 || (!useCausalMask && slidingWindow === null)) return { inputs, layout };
    throw new OstinatoError('shape-mismatch', {
      where,
      what: `\`${useCausalMask ? 'useCausalMask' : 'slidingWindow'}\` needs one axis of steps`,
      expected: 'inputs of [batch, steps, features]',
      received: shapes.map(showShape).join(' and '),
    });
  }

  #scoresShape(query: Shape, value: Shape, { outer, attended }: HeadLayout): Shape {
    return [
      ...sizesOf(query, outer),
      this.options.numHeads,
      ...sizesOf(query, attended),
      ...sizesOf(value, attended),
    ];
  }

  outputShapes(inputShapes: readonly Shape[]): readonly Shape[] {
    const { inputs, layout } = this.#checked(inputShapes, this.registeredName);
    const { query, value } = inputs;
    const output = [...query.slice(0, -1), ...(this.options.outputShape ?? query.slice(-1))];
    return this.options.returnAttentionScores ? [output, this.#scoresShape(query, value, layout)] : [output];
  }

  override outputMasks(_inputs: readonly tf.Tensor[], masks: readonly Mask[]): readonly Mask[] {
    return attendedMasks(masks, this.options);
  }

  getConfig(): JsonObject {
    const { outputShape, attentionAxes, ...options } = this.options;
    return { ...baseConfig(this), ...optionsToJSON(options), outputShape, attentionAxes };
  }
}

/** In the order of Keras' weights. */
interface Projections {
  readonly query: Projection;
  readonly key: Projection;
  readonly gate?: Projection;
  readonly value: Projection;
  readonly output: Projection;
}

interface CheckedShapes {
  readonly inputs: AttentionInputs<Shape>;
  readonly layout: HeadLayout;
}

function featuresOf(shape: Shape, role: string, where: string): number {
  const features = shape.at(-1);
  if (typeof features === 'number') return features;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: `The number of features of the ${role} is not known`,
    expected: 'inputs of [batch, steps, features]',
    received: showShape(shape),
  });
}

export const multiHeadAttentionSpec = /* @__PURE__ */ defineLayer({
  name: NAME,
  create: (options: MultiHeadAttentionOptions) => new MultiHeadAttention(options),
});

/** For each step of a query the means of values as several heads weigh them, projected back together. */
export function multiHeadAttention(options: MultiHeadAttentionOptions): MultiHeadAttention {
  return new MultiHeadAttention(options);
}

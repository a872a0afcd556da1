/** What Attention and AdditiveAttention do alike, whatever their scores: masks, softmax, dropout, the weighted mean. */
import {
  type CallContext,
  checkBoolean,
  checkProbability,
  type LayerOptions,
  type Mask,
  type Shape,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { attentionInputs, checkPair, sequenceShapes } from './attention-inputs.js';
import { allOf, alongQueries, alongValues, causalPairs, MASKED_SCORE } from './attention-mask.js';
import { dropoutMask } from './dropout-mask.js';
import { stepMask } from './step-mask.js';

/** Options of attention, whatever its scores. */
export interface AttendOptions extends LayerOptions {
  /** Probability of dropping a weight of the mean. Default 0. */
  readonly dropout?: number;
  /** true: a step looks at itself and at what came before. Keras takes it with each call. Default false. */
  readonly useCausalMask?: boolean;
  /** true: the weights of the mean are a second output. Keras takes it with each call. Default false. */
  readonly returnAttentionScores?: boolean;
}

export const ATTEND_DEFAULTS = { dropout: 0, useCausalMask: false, returnAttentionScores: false } as const;

/** Options without those of every layer, defaults filled in. */
export type FullAttendOptions = Required<Omit<AttendOptions, keyof LayerOptions>>;

/** Throws `config-dropout`, `config-use-causal-mask`, `config-return-attention-scores`. */
export function checkAttendOptions(where: string, options: FullAttendOptions): void {
  checkProbability(where, 'dropout', options.dropout);
  checkBoolean(where, 'useCausalMask', options.useCausalMask);
  checkBoolean(where, 'returnAttentionScores', options.returnAttentionScores);
}

/** f32[batch, steps, features] and f32[batch, sources, features] → f32[batch, steps, sources] */
export type ScoreFunction = (query: tf.Tensor, key: tf.Tensor) => tf.Tensor;

/**
 * The mean of the values under the softmax of a query's scores, and those weights when they are asked for.
 *
 * A score that does not count is lowered by 1e9, not removed: a step that may look at nothing weighs all values alike.
 * Rows of masked queries are 0 at the end. A mask of the keys is not looked at: that of the values decides.
 *
 * Shapes   [query, value, key] → f32[batch, steps, valueSize] (· f32[batch, steps, sources])
 */
export function attend(
  tensors: readonly tf.Tensor[],
  score: ScoreFunction,
  { dropout, useCausalMask, returnAttentionScores }: FullAttendOptions,
  { masks, training, rng, path }: CallContext,
): readonly tf.Tensor[] {
  const { query, value, key } = attentionInputs(tensors, path);
  const mask = attentionInputs(masks, path);
  const scores = score(query, key);
  const [steps, sources] = [query.shape[1]!, value.shape[1]!];
  const known = alongValues(stepMask(mask.value, value.shape, path));
  const counts = allOf([known, useCausalMask ? causalPairs(steps, sources) : null]);
  const softmax = tf.softmax(counts ? tf.add(scores, tf.mul(tf.sub(1, counts), MASKED_SCORE)) : scores);
  const weights =
    training && dropout > 0 ? tf.mul(softmax, dropoutMask(softmax.shape, dropout, rng)) : softmax;
  const mean = tf.matMul(weights, value);
  const answered = alongQueries(stepMask(mask.query, query.shape, path));
  const output = answered ? tf.mul(mean, answered) : mean;
  return returnAttentionScores ? [output, weights] : [output];
}

/**
 * Shapes of what `attend` gives.
 *
 * Throws   `inputs-count`; `shape-mismatch` with the names and shapes of the two inputs that do not fit together
 */
export function attendedShapes(
  shapes: readonly Shape[],
  { returnAttentionScores }: FullAttendOptions,
  where: string,
): readonly Shape[] {
  const inputs = sequenceShapes(shapes, where);
  checkPair(inputs, ['query', 'key'], [2], 'as many features', where);
  const [batch = null, steps = null] = inputs.query;
  const [, sources = null, valueSize = null] = inputs.value;
  const output = [batch, steps, valueSize];
  return returnAttentionScores ? [output, [batch, steps, sources]] : [output];
}

/** The mask of the query goes on with the output; the weights have none. */
export function attendedMasks(
  masks: readonly Mask[],
  { returnAttentionScores }: Pick<FullAttendOptions, 'returnAttentionScores'>,
): readonly Mask[] {
  const mask = masks[0] ?? null;
  return returnAttentionScores ? [mask, null] : [mask];
}

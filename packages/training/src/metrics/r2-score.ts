/** R², the part of the targets' variance that the predictions explain. */
import { checkCount, checkOneOf, fillOptions, type JsonObject, type Metric } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { divide } from './divide.js';
import { LearnedClasses } from './learned-classes.js';
import { orNull } from './positives-and-negatives.js';

export interface R2ScoreOptions {
  /** How several outputs make one figure; null: a figure each, `r2Score[0]`, …. Default 'uniformAverage'. */
  readonly classAggregation?: 'uniformAverage' | 'varianceWeightedAverage' | null;
  /** Independent regressors for the adjusted R²; 0: not adjusted. Default 0. */
  readonly numRegressors?: number;
}

const NAME = 'r2Score';
const DEFAULTS: Required<R2ScoreOptions> = { classAggregation: 'uniformAverage', numRegressors: 0 };

/** The sums of one output, each in two f32 parts: a variance is a small difference of large sums. */
const SUMS = ['sum', 'squares', 'residual', 'weight'] as const;
type Sums = Record<(typeof SUMS)[number], number>;

/**
 * 1 − Σ(y − p)² / Σ(y − mean of y)², for each value of the last axis.
 *
 * Summed on the host in f64. Targets that do not vary have no R²; they give 0 before it is adjusted, in place of Keras' infinities and NaN.
 *
 * Shapes   yTrue and yPred [batch, …, n]
 * Throws   `config-class-aggregation`, `config-num-regressors`; `metric-classes`
 */
export function r2Score(options: R2ScoreOptions = {}): Metric {
  const full = fillOptions(NAME, DEFAULTS, options, {
    classAggregation: orNull((where, field, value) =>
      checkOneOf(where, field, value, ['uniformAverage', 'varianceWeightedAverage']),
    ),
    numRegressors: checkCount,
  });
  const { classAggregation, numRegressors } = full;
  const outputs = new LearnedClasses(NAME);
  const each = (totals: Float64Array): number[] =>
    readSums(totals).map((sums) => adjusted(scoreOf(sums), totals.at(-1)!, numRegressors));
  const together = (totals: Float64Array): number => {
    const score = average(readSums(totals), classAggregation === 'varianceWeightedAverage');
    return adjusted(score, totals.at(-1)!, numRegressors);
  };
  return {
    name: NAME,
    config: givenOptions({ ...full } as JsonObject, DEFAULTS),
    get size() {
      return outputs.count === 0 ? 0 : 2 * SUMS.length * outputs.count + 1;
    },
    update: (yTrue, yPred, weights) =>
      sumsOfBatch(yTrue, yPred, weights, outputs.see(yPred.rank > 1 ? yPred.shape.at(-1)! : 1)),
    result: together,
    results: (totals) =>
      classAggregation === null
        ? Object.fromEntries(each(totals).map((score, i) => [`[${i}]`, score]))
        : { '': together(totals) },
  };
}

function sumsOfBatch(
  yTrue: tf.Tensor,
  yPred: tf.Tensor,
  weights: tf.Tensor | undefined,
  outputs: number,
): tf.Tensor1D {
  const [y, p, w] = [yTrue.dataSync(), yPred.dataSync(), weights?.dataSync()];
  const perWeight = w ? p.length / w.length : 1;
  const sums = Array.from({ length: outputs }, (): Sums => ({ sum: 0, squares: 0, residual: 0, weight: 0 }));
  for (let i = 0; i < p.length; i++) {
    const weight = w ? w[Math.floor(i / perWeight)]! : 1;
    const into = sums[i % outputs]!;
    into.sum += weight * y[i]!;
    into.squares += weight * y[i]! * y[i]!;
    into.residual += weight * (y[i]! - p[i]!) * (y[i]! - p[i]!);
    into.weight += weight;
  }
  const parts = sums.flatMap((one) => SUMS.flatMap((kind) => twoParts(one[kind])));
  return tf.tensor1d(Float32Array.from([...parts, p.length]));
}

/** An f64 as the sum of two f32. */
function twoParts(value: number): [number, number] {
  const high = Math.fround(value);
  return [high, value - high];
}

function readSums(totals: Float64Array): Sums[] {
  const width = 2 * SUMS.length;
  return Array.from({ length: Math.floor(totals.length / width) }, (_, output) => {
    const read = SUMS.map((kind, i) => {
      const at = output * width + 2 * i;
      return [kind, totals[at]! + totals[at + 1]!];
    });
    return Object.fromEntries(read) as Sums;
  });
}

function varianceOf({ sum, squares, weight }: Sums): number {
  return squares - divide(sum * sum, weight);
}

function scoreOf(sums: Sums): number {
  const variance = varianceOf(sums);
  return variance === 0 ? 0 : 1 - sums.residual / variance;
}

function average(all: readonly Sums[], byVariance: boolean): number {
  const weights = all.map((sums) => (byVariance ? varianceOf(sums) : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return divide(
    all.reduce((sum, one, i) => sum + weights[i]! * scoreOf(one), 0),
    total,
  );
}

/** Keras counts every value as a sample, and gives the plain score when there are too few. */
function adjusted(score: number, samples: number, regressors: number): number {
  if (regressors === 0 || regressors >= samples - 1) return score;
  return 1 - ((1 - score) * (samples - 1)) / (samples - regressors - 1);
}

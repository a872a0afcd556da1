/** F-scores: precision and recall in one figure. */
import {
  checkOneOf,
  checkPositive,
  fillOptions,
  type JsonObject,
  type Metric,
  OstinatoError,
  show,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { alignTargets } from '../losses/align-targets.js';
import { LearnedClasses } from './learned-classes.js';
import { orNull } from './positives-and-negatives.js';
import { weightRows } from './weight-rows.js';

export interface F1ScoreOptions {
  /**
   * 'micro': all classes counted together; 'macro': the mean over classes; 'weighted': the mean by how often a class is
   * the target; null: a figure for each class, `f1Score[0]`, `f1Score[1]`, …. Default null.
   */
  readonly average?: 'micro' | 'macro' | 'weighted' | null;
  /** Predictions above are positive. Default null: the largest of a sample is. */
  readonly threshold?: number | null;
}

export interface FBetaScoreOptions extends F1ScoreOptions {
  /** How much more recall counts than precision. Default 1. */
  readonly beta?: number;
}

/** Keras' guard against division by zero. */
const EPSILON = 1e-7;
/** A largest prediction no further from 0 than this is none. */
const NOTHING = 1e-9;

const DEFAULTS: Required<FBetaScoreOptions> = { average: null, beta: 1, threshold: null };

/**
 * F1: the harmonic mean of precision and recall.
 *
 * Shapes   yTrue and yPred [batch, …, classes], targets 0 or 1
 * Throws   `config-average`, `config-threshold`; `metric-classes`
 */
export function f1Score(options: F1ScoreOptions = {}): Metric {
  const { average, threshold } = DEFAULTS;
  return fScore('f1Score', fillOptions('f1Score', { average, threshold }, options, CHECKS));
}

/**
 * (1 + β²)·precision·recall / (β²·precision + recall)
 *
 * Shapes   yTrue and yPred [batch, …, classes], targets 0 or 1
 * Throws   `config-average`, `config-beta`, `config-threshold`; `metric-classes`
 */
export function fBetaScore(options: FBetaScoreOptions = {}): Metric {
  return fScore('fBetaScore', fillOptions('fBetaScore', DEFAULTS, options, CHECKS));
}

const CHECKS = {
  average: orNull((where, field, value) => checkOneOf(where, field, value, ['micro', 'macro', 'weighted'])),
  beta: checkPositive,
  threshold: orNull(checkThreshold),
};

/** Totals are true positives, false positives, false negatives and target weights, for each class. */
function fScore(name: string, given: FBetaScoreOptions): Metric {
  const { average, beta, threshold } = { ...DEFAULTS, ...given };
  const classes = new LearnedClasses(name);
  const scores = (totals: Float64Array): number[] => scoresOf(totals, beta, average === 'micro');
  return {
    name,
    config: givenOptions({ ...given } as JsonObject, DEFAULTS),
    get size() {
      return 4 * classes.count;
    },
    update(yTrue, yPred, weights) {
      const count = classes.see(yPred.shape.at(-1)!);
      const found = positives(yPred, threshold);
      const wanted = alignTargets(yTrue, yPred);
      const parts = [
        tf.mul(found, wanted),
        tf.mul(found, tf.sub(1, wanted)),
        tf.mul(tf.sub(1, found), wanted),
        wanted,
      ].map((part) => tf.sum(tf.reshape(weightRows(part, weights), [-1, count]), 0));
      return tf.concat(parts as tf.Tensor1D[]);
    },
    result: (totals) => averaged(scores(totals), totals, average),
    results: (totals) =>
      average === null
        ? Object.fromEntries(scores(totals).map((score, i) => [`[${i}]`, score]))
        : { '': averaged(scores(totals), totals, average) },
  };
}

function positives(yPred: tf.Tensor, threshold: number | null): tf.Tensor {
  if (threshold !== null) return tf.cast(tf.greater(yPred, threshold), 'float32');
  const largest = tf.greaterEqual(yPred, tf.max(yPred, -1, true));
  return tf.cast(tf.logicalAnd(largest, tf.greater(tf.abs(yPred), NOTHING)), 'float32');
}

function scoresOf(totals: Float64Array, beta: number, together: boolean): number[] {
  const classes = totals.length / 4;
  const parts = [0, 1, 2].map((kind) => Array.from(totals.subarray(kind * classes, (kind + 1) * classes)));
  const [tp, fp, fn] = together ? parts.map((part) => [sum(part)]) : parts;
  return tp!.map((hits, i) => {
    const precision = hits / (hits + fp![i]! + EPSILON);
    const recall = hits / (hits + fn![i]! + EPSILON);
    const square = beta * beta;
    return ((precision * recall) / (square * precision + recall + EPSILON)) * (1 + square);
  });
}

function averaged(
  scores: readonly number[],
  totals: Float64Array,
  average: FBetaScoreOptions['average'],
): number {
  if (scores.length === 0) return 0;
  if (average !== 'weighted') return sum(scores) / scores.length;
  const weights = Array.from(totals.subarray(3 * scores.length));
  return sum(scores.map((score, i) => score * weights[i]!)) / (sum(weights) + EPSILON);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function checkThreshold(where: string, _field: string, value: unknown): void {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  throw new OstinatoError('config-threshold', {
    where,
    what: '`threshold` is not a threshold',
    expected: 'a number above 0 and up to 1, or null',
    received: show(value),
  });
}

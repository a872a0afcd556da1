/** Precision, recall, and the four counts they are made of. */
import {
  checkCount,
  checkFields,
  checkSize,
  fillOptions,
  type JsonObject,
  type Metric,
  OstinatoError,
  show,
} from '@ostinato/core';
import { givenOptions } from '../given-options.js';
import { divide } from './divide.js';
import { type Counts, ThresholdCounts } from './threshold-counts.js';

export interface ThresholdsOptions {
  /** Predictions above are positive. Several give a figure each, `precision[0]`, `precision[1]`, …. Default 0.5. */
  readonly thresholds?: number | readonly number[] | null;
}

export interface PrecisionOptions extends ThresholdsOptions {
  /** Only the k largest predictions of a sample are positive; then there is no threshold unless one is given. Default null. */
  readonly topK?: number | null;
  /** Look at one class alone: a place on the last axis. Default null: all together. */
  readonly classId?: number | null;
}

const DEFAULTS: Required<PrecisionOptions> = { thresholds: null, topK: null, classId: null };
const CHECKS = {
  thresholds: checkThresholds,
  topK: orNull(checkSize),
  classId: orNull(checkCount),
};

/** What is made of the counts at threshold i. */
type Figure = (counts: Counts, i: number) => number;

/**
 * Of the predictions that are positive, the part that is right; 0 when none is.
 *
 * Shapes   yTrue and yPred [batch, …, n], targets 0 or 1
 * Throws   `config-thresholds`, `config-top-k`, `config-class-id`
 */
export function precision(options: PrecisionOptions = {}): Metric {
  return countMetric('precision', options, ({ truePositives: tp, falsePositives: fp }, i) =>
    divide(tp[i]!, tp[i]! + fp[i]!),
  );
}

/**
 * Of the targets that are positive, the part that was found; 0 when there are none.
 *
 * Shapes   yTrue and yPred [batch, …, n], targets 0 or 1
 * Throws   as `precision`
 */
export function recall(options: PrecisionOptions = {}): Metric {
  return countMetric('recall', options, ({ truePositives: tp, falseNegatives: fn }, i) =>
    divide(tp[i]!, tp[i]! + fn[i]!),
  );
}

/** The number (or the weight) of positive predictions whose target is 1. */
export function truePositives(options: ThresholdsOptions = {}): Metric {
  return count('truePositives', options);
}

/** The number (or the weight) of positive predictions whose target is 0. */
export function falsePositives(options: ThresholdsOptions = {}): Metric {
  return count('falsePositives', options);
}

/** The number (or the weight) of predictions that are not positive and whose target is 0. */
export function trueNegatives(options: ThresholdsOptions = {}): Metric {
  return count('trueNegatives', options);
}

/** The number (or the weight) of predictions that are not positive and whose target is 1. */
export function falseNegatives(options: ThresholdsOptions = {}): Metric {
  return count('falseNegatives', options);
}

function count(name: keyof Counts, options: ThresholdsOptions): Metric {
  checkFields(name, options, ['thresholds']);
  return countMetric(name, options, (counts, i) => counts[name][i]!);
}

function countMetric(name: string, options: PrecisionOptions, figure: Figure): Metric {
  const full = fillOptions(name, DEFAULTS, options, CHECKS);
  const { topK, classId } = full;
  const byDefault = topK === null ? 0.5 : Number.NEGATIVE_INFINITY;
  const thresholds = [full.thresholds ?? byDefault].flat() as number[];
  const counts = new ThresholdCounts(name, { thresholds, topK, classId });
  const at = (totals: Float64Array, i: number): number => figure(counts.read(totals), i);
  return {
    name,
    config: givenOptions({ ...full } as JsonObject, DEFAULTS),
    size: counts.size,
    update: (yTrue, yPred, weights) => counts.update(yTrue, yPred, weights),
    result: (totals) => at(totals, 0),
    results: (totals) =>
      thresholds.length === 1
        ? { '': at(totals, 0) }
        : Object.fromEntries(thresholds.map((_, i) => [`[${i}]`, at(totals, i)])),
  };
}

function checkThresholds(where: string, _field: string, value: unknown): void {
  const all: readonly unknown[] = Array.isArray(value) ? value : [value];
  const isThreshold = (one: unknown): boolean => typeof one === 'number' && one >= 0 && one <= 1;
  if (value === null || (all.length > 0 && all.every(isThreshold))) return;
  throw new OstinatoError('config-thresholds', {
    where,
    what: '`thresholds` are no thresholds',
    expected: 'a number from 0 to 1, or a list of them',
    received: show(value),
  });
}

/** The check for an option that may be left out by null. */
export function orNull(
  check: (where: string, field: string, value: unknown) => void,
): (where: string, field: string, value: unknown) => void {
  return (where, field, value) => {
    if (value !== null) check(where, field, value);
  };
}

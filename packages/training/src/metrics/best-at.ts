/** The best of one rate that leaves another at a given value: the figures of a detector that must not miss. */
import {
  checkCount,
  checkFields,
  checkFraction,
  fillOptions,
  type JsonObject,
  type Metric,
} from '@ostinato/core';
import { givenOptions } from '../given-options.js';
import { divide } from './divide.js';
import { orNull } from './positives-and-negatives.js';
import { type Counts, checkNumThresholds, ThresholdCounts } from './threshold-counts.js';

interface BestAtOptions {
  /** How many thresholds are tried, evenly from 0 to 1. Default 200. */
  readonly numThresholds?: number;
  /** Look at one class alone: a place on the last axis. Default null: all together. */
  readonly classId?: number | null;
}
export interface SpecificityAtSensitivityOptions extends BestAtOptions {
  readonly sensitivity: number;
}
export interface SensitivityAtSpecificityOptions extends BestAtOptions {
  readonly specificity: number;
}
export interface PrecisionAtRecallOptions extends BestAtOptions {
  readonly recall: number;
}
export interface RecallAtPrecisionOptions extends BestAtOptions {
  readonly precision: number;
}

type Rate = (counts: Counts, i: number) => number;

const sensitivityOf: Rate = ({ truePositives: tp, falseNegatives: fn }, i) => divide(tp[i]!, tp[i]! + fn[i]!);
const specificityOf: Rate = ({ trueNegatives: tn, falsePositives: fp }, i) => divide(tn[i]!, tn[i]! + fp[i]!);
const precisionOf: Rate = ({ truePositives: tp, falsePositives: fp }, i) => divide(tp[i]!, tp[i]! + fp[i]!);

/** The largest specificity among thresholds at which the sensitivity is at least this; 0 if there is none. */
export function specificityAtSensitivity(options: SpecificityAtSensitivityOptions): Metric {
  return bestAt('specificityAtSensitivity', 'sensitivity', options, sensitivityOf, specificityOf);
}

/** The largest sensitivity among thresholds at which the specificity is at least this; 0 if there is none. */
export function sensitivityAtSpecificity(options: SensitivityAtSpecificityOptions): Metric {
  return bestAt('sensitivityAtSpecificity', 'specificity', options, specificityOf, sensitivityOf);
}

/** The largest precision among thresholds at which the recall is at least this; 0 if there is none. */
export function precisionAtRecall(options: PrecisionAtRecallOptions): Metric {
  return bestAt('precisionAtRecall', 'recall', options, sensitivityOf, precisionOf);
}

/** The largest recall among thresholds at which the precision is at least this; 0 if there is none. */
export function recallAtPrecision(options: RecallAtPrecisionOptions): Metric {
  return bestAt('recallAtPrecision', 'precision', options, precisionOf, sensitivityOf);
}

/** Throws `config-<bound>` when the value to be kept is missing or no part. */
function bestAt(name: string, bound: string, options: object, kept: Rate, wanted: Rate): Metric {
  checkFields(name, options, [bound, 'numThresholds', 'classId']);
  const { [bound]: least, ...rest } = options as BestAtOptions & Readonly<Record<string, unknown>>;
  checkFraction(name, bound, least);
  const defaults = { numThresholds: 200, classId: null as number | null };
  const full = fillOptions(name, defaults, rest as Partial<typeof defaults>, {
    numThresholds: (where, _field, value) => checkNumThresholds(where, value, 1),
    classId: orNull(checkCount),
  });
  const last = full.numThresholds - 1;
  const thresholds = last === 0 ? [0.5] : Array.from({ length: last + 1 }, (_, i) => i / last);
  const counts = new ThresholdCounts(name, { thresholds, classId: full.classId });
  return {
    name,
    config: { [bound]: least, ...givenOptions({ ...full } as JsonObject, defaults) },
    size: counts.size,
    update: (yTrue, yPred, weights) => counts.update(yTrue, yPred, weights),
    result(totals) {
      const found = counts.read(totals);
      return thresholds.reduce(
        (best, _, i) => (kept(found, i) >= least ? Math.max(best, wanted(found, i)) : best),
        0,
      );
    },
  };
}

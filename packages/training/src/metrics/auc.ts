/** The area under a curve of two rates over all thresholds. */
import {
  checkBoolean,
  fillOptions,
  type JsonObject,
  ln,
  type Metric,
  OstinatoError,
  show,
} from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import { divide } from './divide.js';
import { type Counts, checkNumThresholds, evenThresholds, ThresholdCounts } from './threshold-counts.js';

export interface AUCOptions {
  /** How many thresholds the curve is drawn with: more are more exact. Default 200. */
  readonly numThresholds?: number;
  /** 'ROC': true-positive over false-positive rate; 'PR': precision over recall. Default 'ROC'. */
  readonly curve?: 'ROC' | 'PR';
  /** How the area between two thresholds is taken: in the middle (for PR along its true curve), below, or above. */
  readonly summationMethod?: 'interpolation' | 'minoring' | 'majoring';
  /** Thresholds of your own in [0, 1], in place of evenly spaced ones. Default null. */
  readonly thresholds?: readonly number[] | null;
  /** true: predictions are logits. Default false. */
  readonly fromLogits?: boolean;
}

const NAME = 'auc';
const DEFAULTS: Required<AUCOptions> = {
  numThresholds: 200,
  curve: 'ROC',
  summationMethod: 'interpolation',
  thresholds: null,
  fromLogits: false,
};

/**
 * Area under the ROC or the precision–recall curve, from counts at fixed thresholds.
 *
 * Shapes   yTrue and yPred [batch, …, n], targets 0 or 1; several labels are taken together
 * Source   Davis & Goadrich 2006, The Relationship Between Precision-Recall and ROC Curves, §4 (PR by interpolation)
 * Throws   `config-num-thresholds`, `config-thresholds`
 *
 * @example
 * model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: [auc({ curve: 'PR' })] });
 */
export function auc(options: AUCOptions = {}): Metric {
  const full = fillOptions(NAME, DEFAULTS, options, {
    numThresholds: (where, _field, value) => checkNumThresholds(where, value, 2),
    curve: ['ROC', 'PR'],
    summationMethod: ['interpolation', 'minoring', 'majoring'],
    thresholds: checkThresholds,
    fromLogits: checkBoolean,
  });
  const { numThresholds, curve, summationMethod, thresholds, fromLogits } = full;
  const counts = new ThresholdCounts(NAME, {
    thresholds: thresholds ? withEnds(thresholds) : evenThresholds(numThresholds),
  });
  const alongCurve = curve === 'PR' && summationMethod === 'interpolation';
  return {
    name: NAME,
    config: givenOptions({ ...full } as unknown as JsonObject, DEFAULTS),
    size: counts.size,
    update: (yTrue, yPred, weights) => counts.update(yTrue, fromLogits ? tf.sigmoid(yPred) : yPred, weights),
    result(totals) {
      const found = counts.read(totals);
      if (alongCurve) return precisionRecallArea(found);
      const { x, y } = curve === 'ROC' ? rocCurve(found) : precisionRecallCurve(found);
      return areaUnder(x, y, summationMethod);
    },
  };
}

function withEnds(thresholds: readonly number[]): number[] {
  const [below, above] = evenThresholds(2) as [number, number];
  return [below, ...[...thresholds].sort((a, b) => a - b), above];
}

interface Curve {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

function rocCurve({ truePositives, falsePositives, trueNegatives, falseNegatives }: Counts): Curve {
  return {
    x: Array.from(falsePositives, (fp, i) => divide(fp, fp + trueNegatives[i]!)),
    y: Array.from(truePositives, (tp, i) => divide(tp, tp + falseNegatives[i]!)),
  };
}

function precisionRecallCurve({ truePositives, falsePositives, falseNegatives }: Counts): Curve {
  return {
    x: Array.from(truePositives, (tp, i) => divide(tp, tp + falseNegatives[i]!)),
    y: Array.from(truePositives, (tp, i) => divide(tp, tp + falsePositives[i]!)),
  };
}

/** Rectangles between neighbouring thresholds; x falls as the thresholds rise. */
function areaUnder(x: readonly number[], y: readonly number[], method: string): number {
  let area = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [left, right] = [y[i]!, y[i + 1]!];
    let height = (left + right) / 2;
    if (method === 'minoring') height = Math.min(left, right);
    if (method === 'majoring') height = Math.max(left, right);
    area += (x[i]! - x[i + 1]!) * height;
  }
  return area;
}

/**
 * Between two thresholds true and false positives both change in proportion, so precision does not change linearly:
 *
 * area = slope·(ΔTP + c·ln(P/P')) / positives, slope = ΔTP/ΔP, c = TP' − slope·P', P = TP + FP, ' at the higher threshold
 */
function precisionRecallArea({ truePositives: tp, falsePositives: fp, falseNegatives: fn }: Counts): number {
  let area = 0;
  for (let i = 0; i + 1 < tp.length; i++) {
    const gained = tp[i]! - tp[i + 1]!;
    const [low, high] = [tp[i]! + fp[i]!, tp[i + 1]! + fp[i + 1]!];
    const slope = divide(gained, Math.max(low - high, 0));
    const intercept = tp[i + 1]! - slope * high;
    const ratio = low > 0 && high > 0 ? low / high : 1;
    area += divide(slope * (gained + intercept * ln(ratio)), tp[i + 1]! + fn[i + 1]!);
  }
  return area;
}

function checkThresholds(where: string, _field: string, value: unknown): void {
  const fits = (one: unknown): boolean => typeof one === 'number' && one >= 0 && one <= 1;
  if (value === null || (Array.isArray(value) && value.length > 0 && value.every(fits))) return;
  throw new OstinatoError('config-thresholds', {
    where,
    what: '`thresholds` are no thresholds',
    expected: 'a list of numbers from 0 to 1',
    received: show(value),
  });
}

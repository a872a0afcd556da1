/**
 * True and false positives and negatives at thresholds: what precision, recall, AUC and their like are made of.
 *
 * Counted on the host in one pass: hundreds of thresholds over every prediction are too much for tensors, and an f64 holds
 * any count.
 */
import { OstinatoError, show, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** Keras' guard below 0 and above 1, so that the outermost thresholds let all and nothing through. */
const EPSILON = 1e-7;

export interface CountOptions {
  /** A prediction above one of these is positive. Ascending or not. */
  readonly thresholds: readonly number[];
  /** Only the k largest predictions of a sample can be positive. */
  readonly topK?: number | null;
  /** Look at one class alone: a place on the last axis. */
  readonly classId?: number | null;
}

/** Weighted counts, one for each threshold. */
export interface Counts {
  readonly truePositives: Float64Array;
  readonly falsePositives: Float64Array;
  readonly trueNegatives: Float64Array;
  readonly falseNegatives: Float64Array;
}

/** Called for each prediction that counts, its target as yes or no. */
type Visit = (prediction: number, target: boolean, weight: number) => void;

/** Totals are [true positives, false positives, true negatives, false negatives], a value of each for every threshold. */
export class ThresholdCounts {
  readonly size: number;
  readonly #where: string;
  readonly #options: CountOptions;
  readonly #thresholds: Float32Array;
  readonly #even: boolean;

  constructor(where: string, options: CountOptions) {
    this.#where = where;
    this.#options = options;
    this.#thresholds = Float32Array.from(options.thresholds); // f32 as the predictions: 0.7 is not above 0.7
    this.#even = areEven(options.thresholds);
    this.size = 4 * options.thresholds.length;
  }

  /**
   * Counts of one batch.
   *
   * Shapes   yTrue of yPred's shape (an axis of one at the end may be missing or too many), weights its leading axes
   * Memory   returns a new tensor
   * Throws   `target-shape`
   */
  update(yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): tf.Tensor1D {
    const count = this.#thresholds.length;
    const yes = new Float64Array(count + 1); // by the number of thresholds below the prediction
    const no = new Float64Array(count + 1);
    const visit: Visit = (prediction, target, weight) => {
      (target ? yes : no)[this.#below(prediction)]! += weight;
    };
    if (this.#even) {
      this.#forEach(yTrue, yPred, weights, visit);
      const parts = [reversedSums(yes), reversedSums(no), sums(no), sums(yes)];
      return tf.tensor1d(Float32Array.from(parts.flatMap((part) => [...part])));
    }
    return tf.tensor1d(this.#countEach(yTrue, yPred, weights));
  }

  /** The totals by name. Memory: views of `totals` */
  read(totals: Float64Array): Counts {
    const count = this.#thresholds.length;
    const part = (i: number): Float64Array => totals.subarray(i * count, (i + 1) * count);
    return {
      truePositives: part(0),
      falsePositives: part(1),
      trueNegatives: part(2),
      falseNegatives: part(3),
    };
  }

  /** Of thresholds i/(n−1): how many lie below a prediction, computed in f32 as Keras does. */
  #below(prediction: number): number {
    const last = this.#thresholds.length - 1;
    const held = Math.min(Math.max(prediction, 0), 1);
    const below = Math.ceil(Math.fround(held * last));
    return this.#thresholds[0]! < 0 ? Math.max(below, 1) : below;
  }

  #countEach(yTrue: tf.Tensor, yPred: tf.Tensor, weights?: tf.Tensor): Float32Array {
    const count = this.#thresholds.length;
    const totals = new Float64Array(4 * count);
    this.#forEach(yTrue, yPred, weights, (prediction, target, weight) => {
      for (let i = 0; i < count; i++) {
        const positive = prediction > this.#thresholds[i]!;
        const kind = positive ? (target ? 0 : 1) : target ? 3 : 2;
        totals[kind * count + i]! += weight;
      }
    });
    return Float32Array.from(totals);
  }

  #forEach(yTrue: tf.Tensor, yPred: tf.Tensor, weights: tf.Tensor | undefined, visit: Visit): void {
    const { topK, classId } = this.#options;
    const labels = yPred.rank > 1 ? yPred.shape.at(-1)! : 1;
    if (yTrue.size !== yPred.size) throw otherShape(yTrue, yPred, this.#where);
    if (classId !== undefined && classId !== null && classId >= labels) {
      throw noClass(classId, yPred, this.#where);
    }
    const [targets, predictions, factors] = [yTrue.dataSync(), yPred.dataSync(), weights?.dataSync()];
    const perWeight = factors ? predictions.length / factors.length : 1;
    const [first, last] = classId === undefined || classId === null ? [0, labels] : [classId, classId + 1];
    for (let start = 0; start < predictions.length; start += labels) {
      const row = predictions.subarray(start, start + labels);
      const best = topK ? indicesOfLargest(row, topK) : undefined;
      for (let i = first; i < last; i++) {
        const prediction = best && !best.has(i) ? Number.NEGATIVE_INFINITY : row[i]!;
        const weight = factors ? factors[Math.floor((start + i) / perWeight)]! : 1;
        visit(prediction, targets[start + i] !== 0, weight);
      }
    }
  }
}

/** Each is a number in memory and a step of every batch; no curve is drawn better with more. */
const MOST = 100_000;

/** Throws `config-num-thresholds`. */
export function checkNumThresholds(where: string, value: unknown, least: number): void {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= MOST) return;
  throw new OstinatoError('config-num-thresholds', {
    where,
    what: '`numThresholds` is no number of thresholds',
    expected: `an integer from ${least} to ${MOST}`,
    received: show(value),
  });
}

/** n thresholds evenly from 0 to 1, the outermost moved outwards: those of AUC. */
export function evenThresholds(count: number): number[] {
  const inner = Array.from({ length: count - 2 }, (_, i) => (i + 1) / (count - 1));
  return [0 - EPSILON, ...inner, 1 + EPSILON];
}

function areEven(thresholds: readonly number[]): boolean {
  const last = thresholds.length - 1;
  return last >= 2 && thresholds.every((value, i) => Math.abs(value - i / last) <= 2 * EPSILON);
}

/** For each threshold: the sum of all that lies above it. */
function reversedSums(byBelow: Float64Array): Float64Array {
  const found = new Float64Array(byBelow.length - 1);
  let sum = 0;
  for (let i = byBelow.length - 1; i >= 1; i--) found[i - 1] = sum += byBelow[i]!;
  return found;
}

/** For each threshold: the sum of all that does not lie above it. */
function sums(byBelow: Float64Array): Float64Array {
  const found = new Float64Array(byBelow.length - 1);
  let sum = 0;
  for (let i = 0; i < found.length; i++) found[i] = sum += byBelow[i]!;
  return found;
}

/** Of equal values the first. */
function indicesOfLargest(row: ArrayLike<number>, k: number): Set<number> {
  const order = Array.from(row, (_, i) => i).sort((a, b) => row[b]! - row[a]! || a - b);
  return new Set(order.slice(0, k));
}

function otherShape(yTrue: tf.Tensor, yPred: tf.Tensor, where: string): OstinatoError {
  return new OstinatoError('target-shape', {
    where,
    what: 'The targets have not the shape of the predictions',
    expected: showShape(yPred.shape),
    received: showShape(yTrue.shape),
    fix: 'Give one-hot targets for several classes',
  });
}

function noClass(classId: number, yPred: tf.Tensor, where: string): OstinatoError {
  return new OstinatoError('config-class-id', {
    where,
    what: 'The predictions have no such class',
    expected: `a class of ${showShape(yPred.shape)}`,
    received: String(classId),
  });
}

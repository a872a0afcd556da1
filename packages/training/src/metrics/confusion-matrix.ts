/** The confusion matrix: which class was taken for which. */
import { fillOptions, type Metric, OstinatoError, show } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';
import { givenOptions } from '../given-options.js';
import type { Logs } from '../running-figures.js';
import { LearnedClasses } from './learned-classes.js';

export interface ConfusionMatrixOptions {
  /** With one output value there are two classes; predictions above this are class 1. Default 0.5. */
  readonly threshold?: number;
}

const NAME = 'confusionMatrix';
/** A figure for each cell: more than this squared would bury the others. */
const MOST_CLASSES = 256;

/**
 * How many samples (or what weight) of a class, its row, were taken for each class, its column.
 *
 * A figure for each cell, `confusionMatrix[0][1]`; `readConfusionMatrix` puts them together. Counted on the host.
 *
 * Shapes   yPred [batch, …, classes] or [batch, …, 1]; yTrue class numbers [batch, …] or one-hot [batch, …, classes]
 * Throws   `metric-classes` for more than 256 classes; `target-shape`; `target-value` for a class that is not there
 *
 * @example
 * const logs = await model.evaluate(x, y); // compiled with metrics: ['confusionMatrix']
 * readConfusionMatrix(logs); // [[90, 10], [15, 85]]
 */
export function confusionMatrix(options: ConfusionMatrixOptions = {}): Metric {
  const { threshold } = fillOptions(NAME, { threshold: 0.5 }, options);
  const classes = new LearnedClasses(NAME, MOST_CLASSES);
  return {
    name: NAME,
    config: givenOptions({ threshold }, { threshold: 0.5 }),
    get size() {
      return classes.count ** 2;
    },
    update(yTrue, yPred, weights) {
      const count = classes.see(Math.max(2, yPred.shape.at(-1)!));
      const found = foundClasses(yPred, threshold);
      return tf.tensor1d(countCells(trueClasses(yTrue, yPred), found, weights, count));
    },
    /** The part of right answers. */
    result(totals) {
      const count = Math.sqrt(totals.length);
      const all = totals.reduce((sum, cell) => sum + cell, 0);
      const right = totals.reduce((sum, cell, i) => sum + (i % (count + 1) === 0 ? cell : 0), 0);
      return all === 0 ? 0 : right / all;
    },
    results(totals) {
      const count = Math.sqrt(totals.length);
      const cells = Array.from(totals, (cell, i) => [`[${Math.floor(i / count)}][${i % count}]`, cell]);
      return Object.fromEntries(cells);
    },
  };
}

/**
 * The matrix out of the figures of `fit`, `evaluate` or `history`: rows are true classes, columns found ones.
 *
 * `name` is how the figures are called: 'valConfusionMatrix' for those of validation.
 *
 * Throws   `metric-unknown` when there are none
 */
export function readConfusionMatrix(logs: Logs, name: string = NAME): number[][] {
  const matrix: number[][] = [];
  for (let row = 0; logs[`${name}[${row}][0]`] !== undefined; row++) {
    const cells: number[] = [];
    for (let column = 0; logs[`${name}[${row}][${column}]`] !== undefined; column++) {
      cells.push(logs[`${name}[${row}][${column}]`]!);
    }
    matrix.push(cells);
  }
  if (matrix.length > 0) return matrix;
  throw new OstinatoError('metric-unknown', {
    where: 'readConfusionMatrix',
    what: `The figures hold no '${name}'`,
    received: show(Object.keys(logs)),
    fix: "Compile the model with metrics: ['confusionMatrix']",
  });
}

function foundClasses(yPred: tf.Tensor, threshold: number): ArrayLike<number> {
  if (yPred.shape.at(-1) === 1) return tf.cast(tf.greater(yPred, threshold), 'int32').dataSync();
  return tf.argMax(yPred, -1).dataSync();
}

function trueClasses(yTrue: tf.Tensor, yPred: tf.Tensor): ArrayLike<number> {
  const classes = yPred.shape.at(-1)!;
  const samples = yPred.size / classes;
  if (yTrue.size === samples) return yTrue.dataSync();
  if (yTrue.size === yPred.size) return tf.argMax(yTrue, -1).dataSync();
  throw new OstinatoError('target-shape', {
    where: NAME,
    what: 'The targets are neither class numbers nor one-hot',
    expected: `${samples} or ${yPred.size} values`,
    received: String(yTrue.size),
  });
}

function countCells(
  wanted: ArrayLike<number>,
  found: ArrayLike<number>,
  weights: tf.Tensor | undefined,
  count: number,
): Float32Array {
  const cells = new Float64Array(count * count);
  const factors = weights?.dataSync();
  const perWeight = factors ? found.length / factors.length : 1;
  for (let i = 0; i < found.length; i++) {
    const weight = factors ? factors[Math.floor(i / perWeight)]! : 1;
    if (weight === 0) continue; // padding may hold anything
    const row = wanted[i]!;
    if (!Number.isInteger(row) || row < 0 || row >= count) throw noClass(row, count);
    cells[row * count + found[i]!]! += weight;
  }
  return Float32Array.from(cells);
}

function noClass(value: number, count: number): OstinatoError {
  return new OstinatoError('target-value', {
    where: NAME,
    what: 'A target is no class of the output',
    expected: `a class number from 0 to ${count - 1}`,
    received: String(value),
  });
}

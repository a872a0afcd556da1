/** Checks of targets that hold a value for each class. */
import { OstinatoError, type Shape, type Targets } from '@ostinato/core';
import { areClassNumbers, checkSameShape, checkTargetValues } from './align-targets.js';
import { shapeWithLastAxis } from './along-axis.js';

/** How far the sum of soft targets may be from 1: they come rounded, and averaged over models. */
const SLACK = 0.05;

const CLASS_NUMBERS = "For class numbers use 'sparseCategoricalCrossentropy'";

/**
 * Targets of the output's shape that say how likely each class is: they sum to 1 over `axis`, or are all 0 (padding).
 *
 * Throws   `target-shape`, `target-value`
 */
export function checkProportions(targets: Targets, outputShape: Shape, axis: number, where: string): void {
  const numbers = areClassNumbers(targets, outputShape);
  checkSameShape(targets, outputShape, where, numbers ? CLASS_NUMBERS : undefined);
  checkTargetValues(targets, (value) => value >= 0 && value <= 1, 'a number from 0 to 1', where);
  forEachSample(targets, outputShape, axis, where, (sum, _ones, row) => {
    if (sum === 0 || Math.abs(sum - 1) <= SLACK) return;
    throw new OstinatoError('target-value', {
      where,
      what: `The targets in row ${row} are no proportions of classes`,
      expected: 'values that sum to 1 over the classes',
      received: `a sum of ${Number(sum.toPrecision(6))}`,
      fix: "Use 'binaryCrossentropy' for questions that may have several answers at once",
    });
  });
}

/**
 * Targets of the output's shape with one 1 in each sample and 0 (or −1) elsewhere; samples without any 1 are padding.
 *
 * Throws   `target-shape`, `target-value`
 */
export function checkOneHot(targets: Targets, outputShape: Shape, axis: number, where: string): void {
  checkSameShape(targets, outputShape, where);
  checkTargetValues(
    targets,
    (value) => value === 0 || value === 1 || value === -1,
    'one 1 in each sample, all else 0 or all else -1',
    where,
  );
  forEachSample(targets, outputShape, axis, where, (_sum, ones, row) => {
    if (ones <= 1) return;
    throw new OstinatoError('target-value', {
      where,
      what: `The targets in row ${row} are not one-hot`,
      expected: 'one 1 in each sample',
      received: `${ones} of them`,
    });
  });
}

/** Calls `visit` with the sum over the classes, the number of ones among them, and the row, of each sample or step. */
function forEachSample(
  { data, shape }: Targets,
  outputShape: Shape,
  axis: number,
  where: string,
  visit: (sum: number, ones: number, row: number) => void,
): void {
  if (shape.length !== outputShape.length) return; // one class, its axis left out
  shapeWithLastAxis(outputShape, axis, where); // refuses an axis that is not there
  const at = axis < 0 ? shape.length + axis : axis;
  const classes = shape[at]!;
  const stride = shape.slice(at + 1).reduce((size, n) => size * n, 1);
  const rowSize = data.length / shape[0]!;
  for (let block = 0; block < data.length; block += classes * stride) {
    for (let start = block; start < block + stride; start++) {
      let sum = 0;
      let ones = 0;
      for (let i = 0; i < classes; i++) {
        const value = data[start + i * stride]!;
        sum += value;
        if (value === 1) ones += 1;
      }
      visit(sum, ones, Math.floor(start / rowSize));
    }
  }
}

/** Targets and predictions of one rank, and the checks that they can be. */
import { OstinatoError, type Shape, showShape, type Targets } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Targets as f32 of the predictions' rank, as Keras aligns them: an axis of one value is added or dropped at the end.
 *
 * Memory   returns the tensor itself when there is nothing to change; call it inside `tidy`
 */
export function alignTargets(yTrue: tf.Tensor, yPred: tf.Tensor): tf.Tensor {
  const values = yTrue.dtype === 'float32' ? yTrue : tf.cast(yTrue, 'float32');
  if (values.rank === yPred.rank - 1 && yPred.shape.at(-1) === 1) return tf.expandDims(values, -1);
  if (values.rank === yPred.rank + 1 && values.shape.at(-1) === 1) return tf.squeeze(values, [-1]);
  return values;
}

/** Targets of the predictions' shape (an axis of one at the end may be missing or too many). Throws `target-shape`, with `hint` if there is one. */
export function checkSameShape(targets: Targets, outputShape: Shape, where: string, hint?: string): void {
  const [, ...output] = outputShape;
  const [, ...given] = targets.shape;
  if (fits(given, output) || (output.at(-1) === 1 && fits(given, output.slice(0, -1)))) return;
  if (given.at(-1) === 1 && fits(given.slice(0, -1), output)) return;
  throw shapeError(targets, outputShape, where, [outputShape], hint);
}

const ONE_HOT = "For a value for each class, as in one-hot targets, use 'categoricalCrossentropy'";

/** Targets that are class numbers: the predictions' shape without its last axis, or with one value there. Throws `target-shape`. */
export function checkClassShape(targets: Targets, outputShape: Shape, where: string): void {
  if (areClassNumbers(targets, outputShape)) return;
  const [, ...output] = outputShape;
  const leading = output.slice(0, -1);
  const wanted = [
    [null, ...leading],
    [null, ...leading, 1],
  ];
  const oneHot = fits(targets.shape.slice(1), output);
  throw shapeError(targets, outputShape, where, wanted, oneHot ? ONE_HOT : undefined);
}

/** Whether targets have the shape of class numbers. */
export function areClassNumbers({ shape }: Targets, outputShape: Shape): boolean {
  const [given, leading] = [shape.slice(1), outputShape.slice(1, -1)];
  return fits(given, leading) || fits(given, [...leading, 1]);
}

/** Every target passes. Throws `target-value` with the first that does not, and where it stands. */
export function checkTargetValues(
  targets: Targets,
  accepts: (value: number) => boolean,
  expected: string,
  where: string,
): void {
  const { data, shape } = targets;
  for (let i = 0; i < data.length; i++) {
    if (accepts(data[i]!)) continue;
    const rowSize = data.length / shape[0]!;
    throw new OstinatoError('target-value', {
      where,
      what: `The target in row ${Math.floor(i / rowSize)}${rowSize > 1 ? `, position ${i % rowSize}` : ''} is out of range`,
      expected,
      received: String(data[i]),
    });
  }
}

function fits(given: Shape, wanted: Shape): boolean {
  return given.length === wanted.length && wanted.every((size, i) => size === null || size === given[i]);
}

function shapeError(
  targets: Targets,
  outputShape: Shape,
  where: string,
  wanted: readonly Shape[],
  fix?: string,
): OstinatoError {
  return new OstinatoError('target-shape', {
    where,
    what: `The targets do not fit the model's output ${showShape(outputShape)}`,
    expected: `targets of ${wanted.map(showShape).join(' or ')}`,
    received: showShape(targets.shape),
    ...(fix === undefined ? {} : { fix }),
  });
}

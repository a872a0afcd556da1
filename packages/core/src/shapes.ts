/** Shapes: how they are written down, compared and checked. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { OstinatoError } from './errors.js';

/** Sizes of the axes; null where a size is only known at run time, such as the batch. */
export type Shape = readonly (number | null)[];

/** Samples in memory of the host: row-major values, samples along the first axis. */
export interface SampleData {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

const DTYPE_LETTERS: Readonly<Record<string, string>> = {
  float32: 'f32',
  int32: 'i32',
  bool: 'bool',
  string: 'string',
};

/** `[32, ?, 64]` */
export function showShape(shape: Shape): string {
  return `[${shape.map((size) => size ?? '?').join(', ')}]`;
}

/** `f32[32, 80, 64]` */
export function showTensor(tensor: Pick<Tensor, 'shape' | 'dtype'>): string {
  return `${DTYPE_LETTERS[tensor.dtype] ?? tensor.dtype}${showShape(tensor.shape)}`;
}

/** True when the known sizes of `expected` are those of `actual`. */
export function shapeMatches(actual: Shape, expected: Shape): boolean {
  return (
    actual.length === expected.length &&
    actual.every((size, i) => size === null || expected[i] === null || size === expected[i])
  );
}

/** Number of values; throws `shape-unknown` when a size is not known. */
export function sizeOf(shape: Shape, where: string): number {
  return knownShape(shape, where).reduce((product, size) => product * size, 1);
}

/** The shape without nulls; throws `shape-unknown` when a size is not known. */
export function knownShape(shape: Shape, where: string): number[] {
  return shape.map((size) => {
    if (size !== null) return size;
    throw new OstinatoError('shape-unknown', {
      where,
      what: `A size that this needs is not known in ${showShape(shape)}`,
      fix: 'Give the layer before it a fixed size, e.g. `inputShape` with the number of steps',
    });
  });
}

/** Checks a tensor's shape against what a layer was built for; throws `shape-mismatch`. */
export function checkShape(
  tensor: Pick<Tensor, 'shape' | 'dtype'>,
  expected: Shape,
  where: string,
  name = 'the input',
): void {
  if (shapeMatches(tensor.shape, expected)) return;
  throw new OstinatoError('shape-mismatch', {
    where,
    what: `The shape of ${name} does not fit`,
    expected: showShape(expected),
    received: showTensor(tensor),
  });
}

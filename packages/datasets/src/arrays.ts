/**
 * The shapes in which data leaves this package: typed arrays with a shape beside them, and rows of unequal length.
 *
 * Plain values: anything that takes `{ data, shape }` takes them, whether or not it knows this package.
 */
import { OstinatoError, show } from '@ostinato/core';

/** A rectangular table in row order: `shape` is [rows, columns]. */
export interface Matrix<Data extends Int32Array | Float32Array = Int32Array> {
  readonly data: Data;
  readonly shape: readonly [number, number];
}

/** Sequences of vectors in row order: `shape` is [rows, steps, features]. */
export interface Sequences {
  readonly data: Float32Array;
  readonly shape: readonly [number, number, number];
}

/** One number a row: `shape` is [rows]. */
export interface Vector<Data extends Int32Array | Float32Array = Float32Array> {
  readonly data: Data;
  readonly shape: readonly [number];
}

/** Numbers of any shape, in row order. */
export interface NumberArray {
  readonly data: Int32Array | Float32Array;
  readonly shape: readonly number[];
}

/** Rows of unequal length, one after the other: row i is `data[offsets[i] … offsets[i + 1])`. */
export interface RaggedRows {
  readonly data: Int32Array;
  /** One more than there are rows; starts with 0 and never falls. */
  readonly offsets: Int32Array;
}

/** How many rows there are. */
export function rowCount(rows: RaggedRows): number {
  return rows.offsets.length - 1;
}

/**
 * One row, as a view: writing into it writes into `rows`.
 *
 * Throws   `row-out-of-range` when there is no such row
 */
export function rowAt(rows: RaggedRows, index: number): Int32Array {
  const start = rows.offsets[index];
  const end = rows.offsets[index + 1];
  if (start === undefined || end === undefined) {
    throw new OstinatoError('row-out-of-range', {
      where: 'rowAt',
      what: 'There is no such row',
      expected: `an integer from 0 to ${rowCount(rows) - 1}`,
      received: show(index),
    });
  }
  return rows.data.subarray(start, end);
}

/** Copies rows of whole numbers into one flat array. */
export function raggedRows(rows: readonly ArrayLike<number>[]): RaggedRows {
  const offsets = new Int32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) offsets[i + 1] = offsets[i]! + row.length;
  const data = new Int32Array(offsets[rows.length]!);
  for (const [i, row] of rows.entries()) data.set(row, offsets[i]!);
  return { data, offsets };
}

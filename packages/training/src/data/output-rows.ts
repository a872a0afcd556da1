/** Gathers the outputs of batches into one tensor. */
import { OstinatoError, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Outputs in order of arrival, or put where the batches say they belong.
 *
 * Memory   one array of all outputs; twice that while they are put into another order, or when their number was not
 *          known
 */
export class OutputRows {
  readonly #where: string;
  readonly #expected: number | undefined;
  readonly #rows: number[] = [];
  #shape: readonly number[] | undefined;
  #data = new Float32Array(0);
  #used = 0;
  #count = 0;

  /** `expected`: how many samples there will be, if that is known. */
  constructor(expected: number | undefined, where: string) {
    this.#expected = expected;
    this.#where = where;
  }

  /** Throws `predict-shape` when a batch's outputs have another shape than those before. */
  add(values: Float32Array, shape: readonly number[], rows: Int32Array | undefined): void {
    const [count, ...sample] = shape;
    this.#shape ??= sample;
    if (showShape(sample) !== showShape(this.#shape)) throw otherShape(this.#shape, sample, this.#where);
    this.#grow(values.length, values.length / count!);
    this.#data.set(values, this.#used);
    this.#used += values.length;
    this.#count += count!;
    for (const row of rows ?? []) this.#rows.push(row);
  }

  /** Memory: returns a new tensor. Throws `batch-rows` when the batches' `rows` do not name every sample once. */
  toTensor(): tf.Tensor {
    const values = this.#data.subarray(0, this.#used);
    const ordered = this.#rows.length > 0 ? this.#inOrder(values) : values;
    return tf.tensor(ordered, [this.#count, ...this.#shape!], 'float32');
  }

  #grow(more: number, size: number): void {
    const needed = this.#used + more;
    if (needed <= this.#data.length) return;
    const room = Math.max(needed, (this.#expected ?? 0) * size, 2 * this.#data.length);
    const data = new Float32Array(room);
    data.set(this.#data.subarray(0, this.#used));
    this.#data = data;
  }

  #inOrder(values: Float32Array): Float32Array {
    const count = this.#count;
    const size = values.length / count;
    const ordered = new Float32Array(values.length);
    const seen = new Set(this.#rows);
    if (this.#rows.length !== count || seen.size !== count || this.#rows.some((row) => row >= count)) {
      throw new OstinatoError('batch-rows', {
        where: this.#where,
        what: '`rows` of the batches do not name every sample once',
        expected: `0 to ${count - 1}, each once`,
        received: `${this.#rows.length} numbers, ${seen.size} of them different`,
      });
    }
    this.#rows.forEach((row, i) => {
      ordered.set(values.subarray(i * size, (i + 1) * size), row * size);
    });
    return ordered;
  }
}

function otherShape(expected: readonly number[], received: readonly number[], where: string): OstinatoError {
  return new OstinatoError('predict-shape', {
    where,
    what: 'The outputs of one batch have another shape than those before, and do not go into one tensor',
    expected: showShape([null, ...expected]),
    received: showShape([null, ...received]),
    fix: 'Give batches of one length at a time',
  });
}

/** Cuts batches from data in host memory. */
import * as tf from '@tensorflow/tfjs-core';
import type { HostArray } from './host-array.js';
import { countSamples, type Samples } from './samples.js';

/** One batch as tensors. */
export interface Batch {
  readonly x: tf.Tensor;
  readonly y: tf.Tensor;
  readonly weights?: tf.Tensor;
  readonly size: number;
}

/**
 * Rows of an array as tensors: in their own order without a copy, in any other through one reused buffer.
 *
 * Memory   a tensor may share the buffer: dispose it before reading the next batch
 */
export class RowReader {
  readonly #array: HostArray;
  readonly #rowSize: number;
  readonly #buffer: Float32Array | Int32Array | undefined;

  constructor(array: HostArray, batchSize: number, ordered: boolean) {
    this.#array = array;
    this.#rowSize = array.data.length / array.shape[0]!;
    if (!ordered) {
      const values = Math.min(batchSize, array.shape[0]!) * this.#rowSize;
      this.#buffer = array.data instanceof Int32Array ? new Int32Array(values) : new Float32Array(values);
    }
  }

  /** Rows start … end − 1, or those that `order` names at these places. */
  read(start: number, end: number, order?: Int32Array): tf.Tensor {
    const values = order ? this.#gather(order, start, end) : this.#slice(start, end);
    const dtype = values instanceof Int32Array ? 'int32' : 'float32';
    return tf.tensor(values, [end - start, ...this.#array.shape.slice(1)], dtype);
  }

  #slice(start: number, end: number): Float32Array | Int32Array {
    return this.#array.data.subarray(start * this.#rowSize, end * this.#rowSize);
  }

  #gather(order: Int32Array, start: number, end: number): Float32Array | Int32Array {
    const { data } = this.#array;
    const size = this.#rowSize;
    const buffer = this.#buffer!.subarray(0, (end - start) * size);
    for (let i = start; i < end; i++) {
      const row = order[i]! * size;
      if (size === 1) buffer[i - start] = data[row]!;
      else buffer.set(data.subarray(row, row + size), (i - start) * size);
    }
    return buffer;
  }
}

/** Batches of samples, the last one with what is left. */
export class BatchReader {
  readonly count: number;
  readonly #samples: number;
  readonly #batchSize: number;
  readonly #x: RowReader;
  readonly #y: RowReader;
  readonly #weights: RowReader | undefined;

  /** `ordered`: batches will be asked for in the samples' own order only. */
  constructor(samples: Samples, batchSize: number, ordered: boolean) {
    this.#samples = countSamples(samples);
    this.#batchSize = batchSize;
    this.count = Math.ceil(this.#samples / batchSize);
    this.#x = new RowReader(samples.x, batchSize, ordered);
    this.#y = new RowReader(samples.y, batchSize, ordered);
    this.#weights = samples.weights && new RowReader(samples.weights, batchSize, ordered);
  }

  /** Memory: see `RowReader`; `disposeBatch` frees a batch. */
  batch(index: number, order?: Int32Array): Batch {
    const start = index * this.#batchSize;
    const end = Math.min(start + this.#batchSize, this.#samples);
    const x = this.#x.read(start, end, order);
    const y = this.#y.read(start, end, order);
    const weights = this.#weights?.read(start, end, order);
    return { x, y, size: end - start, ...(weights ? { weights } : {}) };
  }
}

export function disposeBatch({ x, y, weights }: Batch): void {
  x.dispose();
  y.dispose();
  weights?.dispose();
}

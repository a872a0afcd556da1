/** Cuts rows from an array in host memory. */
import type { HostArray } from './host-array.js';

/**
 * Rows of an array: in their own order without a copy, in any other through two buffers in turns.
 *
 * Memory   what `read` returns is a view, of the array or of a buffer: done with before the next `read` but one
 */
export class RowReader {
  readonly #array: HostArray;
  readonly #rowSize: number;
  readonly #buffers: (Float32Array | Int32Array)[];

  /** `most` rows are read at once; `ordered`: in the array's own order only. */
  constructor(array: HostArray, most: number, ordered: boolean) {
    this.#array = array;
    this.#rowSize = array.data.length / array.shape[0]!;
    const values = Math.min(most, array.shape[0]!) * this.#rowSize;
    const make = (): Float32Array | Int32Array =>
      array.data instanceof Int32Array ? new Int32Array(values) : new Float32Array(values);
    this.#buffers = ordered ? [] : [make(), make()];
  }

  /** Rows start … end − 1, or those that `order` names at these places. */
  read(start: number, end: number, order?: Int32Array): HostArray {
    const data = order ? this.#gather(order, start, end) : this.#slice(start, end);
    return { data, shape: [end - start, ...this.#array.shape.slice(1)] };
  }

  #slice(start: number, end: number): Float32Array | Int32Array {
    return this.#array.data.subarray(start * this.#rowSize, end * this.#rowSize);
  }

  #gather(order: Int32Array, start: number, end: number): Float32Array | Int32Array {
    const { data } = this.#array;
    const size = this.#rowSize;
    const next = this.#buffers.shift()!;
    this.#buffers.push(next);
    const buffer = next.subarray(0, (end - start) * size);
    for (let i = start; i < end; i++) {
      const row = order[i]! * size;
      if (size === 1) buffer[i - start] = data[row]!;
      else buffer.set(data.subarray(row, row + size), (i - start) * size);
    }
    return buffer;
  }
}

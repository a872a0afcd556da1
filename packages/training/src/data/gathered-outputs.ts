/** Gathers all outputs of a model over many batches. */
import * as tf from '@tensorflow/tfjs-core';
import { OutputRows } from './output-rows.js';

/** Memory: copies what it is given; keeps no tensor. */
export class GatheredOutputs {
  readonly #expected: number | undefined;
  readonly #where: string;
  readonly #outputs: OutputRows[] = [];

  /** `expected`: how many samples there will be, if that is known. */
  constructor(expected: number | undefined, where: string) {
    this.#expected = expected;
    this.#where = where;
  }

  /** The outputs of one batch; `rows`: where they belong, if not behind those before. Throws `predict-shape`. */
  async add(outputs: readonly tf.Tensor[], rows: Int32Array | undefined): Promise<void> {
    for (const [i, output] of outputs.entries()) {
      this.#outputs[i] ??= new OutputRows(this.#expected, this.#where);
      this.#outputs[i].add((await output.data()) as Float32Array, output.shape, rows);
    }
  }

  /** Each output in one tensor. Memory: returns new tensors; all, or none is left behind. Throws `batch-rows`. */
  toTensors(): tf.Tensor[] {
    const tensors: tf.Tensor[] = [];
    try {
      for (const rows of this.#outputs) tensors.push(rows.toTensor());
      return tensors;
    } catch (error) {
      tf.dispose(tensors);
      throw error;
    }
  }
}

/** Batches cut from arrays in host memory. */
import type { Rng } from '@ostinato/core';
import type { BatchSource } from './batch-source.js';
import type { HostArray } from './host-array.js';
import { RowReader } from './row-reader.js';
import { countSamples, type Inputs } from './samples.js';

/** Batches of samples, the last one with what is left. */
export class ArrayBatches<S extends Inputs> implements BatchSource<S> {
  readonly count: number;
  readonly size: number;
  readonly #batchSize: number;
  readonly #shuffle: Rng | null;
  readonly #parts: readonly (readonly [name: string, reader: RowReader])[];

  /** `shuffle`: the stream from which each epoch's order comes, or null to keep the samples' own. */
  constructor(samples: S, batchSize: number, shuffle: Rng | null) {
    this.size = countSamples(samples);
    this.count = Math.ceil(this.size / batchSize);
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
    this.#parts = Object.entries(samples).map(([name, array]) => {
      return [name, new RowReader(array as HostArray, batchSize, shuffle === null)];
    });
  }

  *batches(epoch: number | null): Generator<S, void> {
    const order = epoch === null ? undefined : this.#shuffle?.split(epoch).permutation(this.size);
    for (let start = 0; start < this.size; start += this.#batchSize) {
      const end = Math.min(start + this.#batchSize, this.size);
      const parts = this.#parts.map(([name, reader]) => [name, reader.read(start, end, order)]);
      yield Object.fromEntries(parts) as S; // the arrays of S, each with fewer rows
    }
  }
}

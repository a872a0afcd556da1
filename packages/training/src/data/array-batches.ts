/** Batches cut from arrays in host memory. */
import type { Rng } from '@ostinato/core';
import type { BatchSource } from './batch-source.js';
import type { HostArray } from './host-array.js';
import { Lookahead } from './lookahead.js';
import { RowReader } from './row-reader.js';
import { countSamples, type Inputs } from './samples.js';

/** Batches of samples, the last one with what is left. */
export class ArrayBatches<S extends Inputs> implements BatchSource<S> {
  readonly count: number;
  readonly size: number;
  readonly #batchSize: number;
  readonly #shuffle: Rng | null;
  readonly #parts: readonly (readonly [name: string, readers: readonly (RowReader | null)[]])[];

  /** `shuffle`: the stream from which each epoch's order comes, or null to keep the samples' own. */
  constructor(samples: S, batchSize: number, shuffle: Rng | null) {
    this.size = countSamples(samples);
    this.count = Math.ceil(this.size / batchSize);
    this.#batchSize = batchSize;
    this.#shuffle = shuffle;
    const readerOf = (array: HostArray | null): RowReader | null =>
      array && new RowReader(array, batchSize, shuffle === null);
    this.#parts = Object.entries(samples).map(([name, arrays]) => [
      name,
      (arrays as readonly (HostArray | null)[]).map(readerOf),
    ]);
  }

  batches(epoch: number | null, skip = 0): Lookahead<S> {
    return new Lookahead(this.#cut(epoch, skip));
  }

  *#cut(epoch: number | null, skip: number): Generator<S, void> {
    const order = epoch === null ? undefined : this.#shuffle?.split(epoch).permutation(this.size);
    for (let start = skip * this.#batchSize; start < this.size; start += this.#batchSize) {
      const end = Math.min(start + this.#batchSize, this.size);
      const parts = this.#parts.map(([name, readers]) => [
        name,
        readers.map((reader) => (reader ? reader.read(start, end, order) : null)),
      ]);
      yield Object.fromEntries(parts) as S; // the lists of S, each array with fewer rows
    }
  }
}

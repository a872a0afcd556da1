/** Batches of the tests' word task, cut by hand. */
import type { TrainingBatch } from '../data/batches.js';
import { STEPS, type wordTask } from './tasks.js';

type Words = ReturnType<typeof wordTask>;

/** Rows as a batch, in the order of `rows`. */
export function batchOf({ x, y }: Words, rows: readonly number[]): TrainingBatch {
  const ids = rows.flatMap((row) => [...x.data.subarray(row * STEPS, (row + 1) * STEPS)]);
  return {
    x: { data: Int32Array.from(ids), shape: [rows.length, STEPS] },
    y: Float32Array.from(rows, (row) => y[row]!),
  };
}

/** All rows in batches of `size`, in their own order or in another. */
export function batchesOf(words: Words, size: number, order?: ArrayLike<number>): TrainingBatch[] {
  const rows = Array.from(order ?? words.y.keys());
  const batches: TrainingBatch[] = [];
  for (let start = 0; start < rows.length; start += size) {
    batches.push(batchOf(words, rows.slice(start, start + size)));
  }
  return batches;
}

/** A source that counts what is asked of it. */
export class Watched {
  asked = 0;
  closed = 0;
  readonly #batches: readonly unknown[];

  constructor(batches: readonly unknown[]) {
    this.#batches = batches;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<TrainingBatch> {
    try {
      for (const batch of this.#batches) {
        this.asked += 1;
        yield batch as TrainingBatch;
      }
    } finally {
      this.closed += 1;
    }
  }
}

/** A shuffle for what does not fit into memory: each item comes from a buffer that is filled up as one goes. */
import { checkFields, checkSize, createRng, type Rng } from '@ostinato/core';
import { lengthOf, type Repeatable, type Stream, stageOver } from './repeatable.js';

export interface ShuffleOptions {
  /** Items to choose from, all of which are in memory at a time. Default 1024. */
  readonly size?: number;
  /** The order of each epoch follows from it and the epoch's number. Default 1. */
  readonly seed?: number;
}

const WHERE = 'shuffleBuffer';

/**
 * Gives the items of a source in an order that depends on the seed and the epoch, and on nothing else.
 *
 * An item comes at most `size` places before its own, and may come at any place after: a file sorted by label needs a buffer
 * as large as itself, or to be shuffled on disk once. Outside of training the order is the source's.
 *
 * Memory   keeps `size` items
 * Throws   `source-type` · `source-once` · `config-…`
 * Source   tf.data's `Dataset.shuffle`
 *
 * @example
 * const batches = batchSequences(shuffleBuffer(samples, { size: 10_000, seed: 7 }), { batchSize: 64 });
 */
export function shuffleBuffer<T>(source: Repeatable<T>, options: ShuffleOptions = {}): Stream<T> {
  checkFields(WHERE, options, ['size', 'seed']);
  const { size = 1024, seed = 1 } = options;
  checkSize(WHERE, 'size', size);
  const rng = createRng(seed);
  return stageOver(source, WHERE, lengthOf(source), async function* (items, epoch) {
    if (epoch === null) yield* items;
    else yield* mixed(items, size, rng.split(epoch));
  });
}

async function* mixed<T>(
  items: Iterable<T> | AsyncIterable<T>,
  size: number,
  rng: Rng,
): AsyncGenerator<T, void> {
  const buffer: T[] = [];
  for await (const item of items) {
    if (buffer.length < size) {
      buffer.push(item);
      continue;
    }
    const chosen = rng.int(size);
    const leaving = buffer[chosen]!;
    buffer[chosen] = item;
    yield leaving;
  }
  yield* rng.shuffle(buffer);
}

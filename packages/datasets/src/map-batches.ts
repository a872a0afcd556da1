/** Batches, samples or whatever flows, changed one by one. */
import { checkFunction } from './check-arguments.js';
import { lengthOf, type Repeatable, type Stream, stageOver } from './repeatable.js';

const WHERE = 'mapBatches';

/**
 * Passes each item through a function, which may be async: to normalise values, to draw noise, to bring rows of a database
 * into the form of a batch.
 *
 * `index` counts the items of an epoch from 0; `epoch` is null outside of training.
 *
 * Memory   one item at a time
 * Throws   `source-type` · `source-once` · `config-change`; what `change` throws
 *
 * @example
 * const scaled = mapBatches(batches, ({ x, ...rest }) => ({ ...rest, x: { ...x, data: x.data.map((v) => v / 255) } }));
 */
export function mapBatches<T, U>(
  source: Repeatable<T>,
  change: (item: T, index: number, epoch: number | null) => U | Promise<U>,
): Stream<U> {
  checkFunction(WHERE, 'change', change);
  return stageOver(source, WHERE, lengthOf(source), async function* (items, epoch) {
    let index = 0;
    for await (const item of items) yield await change(item, index++, epoch);
  });
}

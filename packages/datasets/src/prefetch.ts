/**
 * Reading ahead: the next batches are made while the model computes with this one.
 *
 * There is one thread. What overlaps is waiting: for the disk or the network on one side, for the backend on the other.
 */
import { checkSize, OstinatoError, show } from '@ostinato/core';
import { lengthOf, type Repeatable, type Stream, stageOver } from './repeatable.js';

const WHERE = 'prefetch';

/**
 * Keeps up to `count` items ready, made in the background from the moment the first one is asked for.
 *
 * When the taker stops early, the source is told (`return` of its iterator), so that it can close its files.
 *
 * Memory   `count` items beside the one in use
 * Throws   `source-type` · `source-once` · `config-count`; what the source throws, in its place after the items before it
 *
 * @example
 * await model.fit(prefetch(batchSequences(samples, { batchSize: 64 }), 2), { epochs: 10 });
 */
export function prefetch<T>(source: Repeatable<T>, count = 2): Stream<T> {
  checkSize(WHERE, 'count', count);
  return stageOver(source, WHERE, lengthOf(source), (items) => ahead(items, count));
}

async function* ahead<T>(items: Iterable<T> | AsyncIterable<T>, count: number): AsyncGenerator<T, void> {
  const queue: Queue<T> = { ready: [], closed: false, room: new Bell(), arrival: new Bell() };
  const reading = readInto(queue, items, count);
  try {
    for (;;) {
      while (queue.ready.length === 0) await queue.arrival.rung();
      const next = queue.ready.shift()!;
      queue.room.ring();
      if ('error' in next) throw next.error;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    queue.closed = true;
    queue.room.ring();
    await reading;
  }
}

/** What was read: an item, the end, or what went wrong. */
type Outcome<T> = IteratorResult<T, unknown> | { readonly error: unknown };

/** What the reader and the taker share. */
interface Queue<T> {
  readonly ready: Outcome<T>[];
  /** Nobody takes any more. */
  closed: boolean;
  readonly room: Bell;
  readonly arrival: Bell;
}

/** Reads until the source ends or fails, or, once nobody takes any more, lets go of it. Throws what letting go throws. */
async function readInto<T>(
  queue: Queue<T>,
  items: Iterable<T> | AsyncIterable<T>,
  count: number,
): Promise<void> {
  let iterator: AnyIterator<T>;
  try {
    iterator = iteratorOf(items);
  } catch (error) {
    queue.ready.push({ error });
    queue.arrival.ring();
    return;
  }
  for (;;) {
    while (queue.ready.length >= count && !queue.closed) await queue.room.rung();
    if (queue.closed) {
      await iterator.return?.();
      return;
    }
    const outcome = await readOne(iterator);
    queue.ready.push(outcome);
    queue.arrival.ring();
    if ('error' in outcome || outcome.done) return;
  }
}

/** Also the values of an iterable of promises are waited for, as `for await` does. */
async function readOne<T>(iterator: AnyIterator<T>): Promise<Outcome<T>> {
  try {
    const result = await iterator.next();
    if (typeof result !== 'object' || result === null) throw noResult(result);
    return result.done ? result : { done: false, value: await result.value };
  } catch (error) {
    return { error };
  }
}

type AnyIterator<T> = Iterator<T, unknown> | AsyncIterator<T, unknown>;

function iteratorOf<T>(items: Iterable<T> | AsyncIterable<T>): AnyIterator<T> {
  const { [Symbol.asyncIterator]: open } = items as Partial<AsyncIterable<T>>;
  return open ? open.call(items) : (items as Iterable<T>)[Symbol.iterator]();
}

/** An iterator without a result never says that it is done. */
function noResult(received: unknown): OstinatoError {
  return new OstinatoError('source-type', {
    where: WHERE,
    what: '`next()` of the iterator gave no result',
    expected: '{ done, value }',
    received: show(received),
  });
}

/** Lets one side wait until the other rings. */
class Bell {
  #answer: (() => void) | undefined;

  ring(): void {
    this.#answer?.();
    this.#answer = undefined;
  }

  rung(): Promise<void> {
    return new Promise((resolve) => {
      this.#answer = resolve;
    });
  }
}

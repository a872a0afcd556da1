/**
 * What `fit`, `evaluate` and `predict` go through, whatever they were given: batches in host memory, epoch by epoch.
 *
 * Two things are one: `ArrayBatches`, cut from arrays, and `UserBatches`, which somebody else makes.
 */
import type { Breathing } from '../breathing.js';
import type { Ahead } from './lookahead.js';
import type { Inputs, Samples } from './samples.js';

/** Batches, epoch by epoch. `B` says what is in them: inputs alone, or with targets. */
export interface BatchSource<B extends Inputs = Samples> {
  /** Batches to an epoch, when that is known. */
  readonly count: number | undefined;
  /** Samples to an epoch, when that is known. */
  readonly size: number | undefined;
  /**
   * The batches of an epoch of training, counted from 0; null for the order in which they are evaluated and predicted.
   * The first `skip` are left out: they were gone through before.
   *
   * Nothing is made of a batch that comes once `signal` is aborted.
   *
   * Memory   a batch may lie in a buffer that the next one overwrites; one that can be made ahead, the next but one
   */
  batches(epoch: number | null, skip?: number, signal?: AbortSignal): Ahead<B>;
}

/** How an epoch is gone through: who may end it early, and who lets the event loop run. */
export interface Pace {
  /** Asked between batches. */
  readonly stopped: () => boolean;
  /** Ends the waiting for a batch as well; once it is aborted, `stopped` says so. */
  readonly signal?: AbortSignal | undefined;
  readonly breathing: Breathing;
}

/**
 * Goes through all batches once, or all after the first `skip`; `use` is awaited. It may call `ahead`, when it has nothing
 * better to do, to have the next batch made.
 *
 * Returns false when it was stopped before the last batch, or while it waited for one: a source that hangs is left behind. Whether a batch is the last one of a source of unknown
 * length shows only when the next is asked for; once stopped, none is.
 */
export async function eachBatch<B extends Inputs>(
  source: BatchSource<B>,
  epoch: number | null,
  { stopped, signal, breathing }: Pace,
  use: (batch: B, index: number, ahead: () => void) => Promise<void>,
  skip = 0,
): Promise<boolean> {
  if (stopped()) return false;
  let index = skip;
  const batches = source.batches(epoch, skip, signal);
  const isLast = (): boolean => index === source.count;
  const ahead = (): void => {
    if (!isLast()) batches.look?.();
  };
  for await (const batch of untilAborted(batches, signal, isLast)) {
    await use(batch, index++, ahead);
    await breathing.pause();
    if (!isLast() && stopped()) return false;
  }
  return isLast() || !signal?.aborted;
}

/**
 * The items; none more once `signal` is aborted, also while one is waited for. The end of a source that has given its last
 * item is waited for all the same.
 */
function untilAborted<T>(
  items: Iterable<T> | AsyncIterable<T>,
  signal: AbortSignal | undefined,
  isLast: () => boolean,
): Iterable<T> | AsyncIterable<T> {
  if (!signal || !(Symbol.asyncIterator in items)) return items;
  const source = items[Symbol.asyncIterator]();
  const done: IteratorResult<T> = { done: true, value: undefined };
  const next = async (): Promise<IteratorResult<T>> => {
    if (isLast()) return source.next();
    const item = await orAborted(Promise.resolve(source.next()), signal);
    if (item) return item;
    Promise.resolve(source.return?.()).catch(() => {}); // it may hang in there: it cleans up when it can
    return done;
  };
  const end = async (): Promise<IteratorResult<T>> => (await source.return?.()) ?? done;
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
}

/** What is waited for, or undefined as soon as `signal` is aborted. */
function orAborted<T>(waited: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const abort = (): void => resolve(undefined);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    waited.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

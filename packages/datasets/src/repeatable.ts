/**
 * What can be gone through again and again: the form in which samples and batches flow from one stage to the next.
 *
 * A stage (shuffling, cutting into batches, reading ahead) takes one such thing and gives another.
 */
import { checkCount, OstinatoError, show } from '@ostinato/core';

/** What stages take: any iterable or async iterable, with an order for each epoch and a length if it has them. */
export type Repeatable<T> = (Iterable<T> | AsyncIterable<T>) & {
  /** Items to an epoch, if known. */
  readonly length?: number;
  /** The items of an epoch of training, counted from 0. Left out, each is iterated alike. */
  epoch?(epoch: number): Iterable<T> | AsyncIterable<T>;
};

/** What stages give, which `fit` takes when the items are batches. */
export interface Stream<T> {
  /** Items to an epoch, if known. */
  readonly length?: number;
  /** The items of an epoch of training, counted from 0. */
  epoch(epoch: number): AsyncGenerator<T, void>;
  /** The items in the order in which they are evaluated and predicted. */
  [Symbol.asyncIterator](): AsyncGenerator<T, void>;
}

/** How a stage goes through the items of one epoch; null outside of training. */
export type Stage<T, U> = (
  items: Iterable<T> | AsyncIterable<T>,
  epoch: number | null,
) => AsyncGenerator<U, void>;

/**
 * A stage over a source, opened anew for each epoch.
 *
 * Throws   `source-type` when it is no iterable; when it is opened, `source-once` for an iterator or a stream that was
 *          gone through before
 */
export function stageOver<T, U>(
  source: Repeatable<T>,
  where: string,
  length: number | undefined,
  stage: Stage<T, U>,
): Stream<U> {
  checkIterable(source, where);
  let opened = false;
  const open = (epoch: number | null): Iterable<T> | AsyncIterable<T> => {
    if (epoch !== null) checkCount(where, 'epoch', epoch);
    if (epoch !== null && typeof source.epoch === 'function') {
      const items = source.epoch(epoch);
      checkIterable(items, where);
      return items;
    }
    if (opened && runsOnce(source)) throw usedUp(where);
    opened = true;
    return source;
  };
  return {
    ...(length === undefined ? {} : { length }),
    async *epoch(epoch) {
      yield* stage(open(epoch), epoch);
    },
    async *[Symbol.asyncIterator]() {
      yield* stage(open(null), null);
    },
  };
}

/** The number of items to an epoch, if the source says so. */
export function lengthOf(source: { readonly length?: number } | null | undefined): number | undefined {
  const length = source?.length;
  return Number.isSafeInteger(length) ? length : undefined;
}

/** Throws `source-type`. */
function checkIterable(source: unknown, where: string): void {
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = (source ?? {}) as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  if (typeof sync === 'function' || typeof async === 'function') return;
  throw new OstinatoError('source-type', {
    where,
    what: 'There is nothing to go through',
    expected: 'an iterable or an async iterable',
    received: show(source),
  });
}

/** A running generator, a stream of the web or one of Node: what it has given it will not give again. */
export function runsOnce(source: object): boolean {
  const { next, getReader, pipe } = source as Record<'next' | 'getReader' | 'pipe', unknown>;
  return [next, getReader, pipe].some((method) => typeof method === 'function');
}

export function usedUp(where: string): OstinatoError {
  return new OstinatoError('source-once', {
    where,
    what: 'The source can be gone through only once, and that has been done',
    expected: 'a source that gives its content anew each time',
    received: 'an iterator or a stream',
    fix: 'Give an object with `*[Symbol.iterator]() { … }`, or train for one epoch',
  });
}

/** What users may give in place of arrays: batches that they make themselves. */
import { OstinatoError } from '@ostinato/core';
import type { ModelData } from './named-arrays.js';

/** Inputs of a batch, for `predict`. */
export interface InputBatch {
  readonly x: ModelData;
  /** Not looked at. */
  readonly y?: ModelData | undefined;
  /** Not looked at. */
  readonly sampleWeight?: ModelData | undefined;
  /**
   * Which samples of the whole these are, from 0: `predict` and `evaluateWithOutputs` put their outputs there. Default: in
   * order of arrival.
   */
  readonly rows?: ArrayLike<number> | undefined;
  /** Whether stateful layers forget the states they kept before this batch: its rows do not continue those before. */
  readonly resetStates?: boolean | undefined;
}

/** A batch to train on or evaluate: samples along the first axis of x and y, as many as the batch likes. */
export interface TrainingBatch extends InputBatch {
  readonly y: ModelData;
  /** A weight for each sample, or for each step of each sample. */
  readonly sampleWeight?: ModelData | undefined;
}

/**
 * Batches, as an iterable or an async iterable: an array of them, or an object with `*[Symbol.iterator]()` or
 * `async *[Symbol.asyncIterator]()`. Each batch may have sequences of another length. More than one epoch needs an
 * object that can be iterated anew; a running generator cannot.
 *
 * Memory   tensors in a batch stay the caller's; they are read before the next batch is asked for
 */
export type Batches<B extends InputBatch = TrainingBatch> = (Iterable<B> | AsyncIterable<B>) & {
  /** Batches to an epoch, if known. An epoch ends there, also when there are more: a source may be endless. */
  readonly length?: number;
  /**
   * true: the next batch may be asked for while one is in use, since nothing follows from that, it depends on nothing that a
   * training does, and it lies in other memory. `fit` then makes each batch of training beside the kernels, if they are not async. Default false.
   */
  readonly readsAhead?: boolean;
  /**
   * The batches of an epoch of training, counted from 0, for an order that the epoch decides. Left out, each is iterated
   * alike; evaluating, validating and predicting always iterate.
   */
  epoch?(epoch: number): Iterable<B> | AsyncIterable<B>;
};

/** Whether this is batches and not data: iterable, and no array of numbers or of rows. */
export function isBatches(value: unknown): value is Batches<InputBatch> {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return false;
  if (Array.isArray(value)) return looksLikeBatch(value[0]);
  return isIterable(value);
}

/**
 * The same where data are `[x, y]` or `[x, y, sampleWeight]`, of which x may be inputs by name, and one of them named `x`: there each item of an array
 * must look like a batch.
 */
export function isValidationBatches(value: unknown): value is Batches<InputBatch> {
  return isBatches(value) && (!Array.isArray(value) || value.every(looksLikeBatch));
}

function looksLikeBatch(item: unknown): boolean {
  return isPlainObject(item) && 'x' in item;
}

/** An iterable, or an async one. */
export function isIterable(value: unknown): value is Iterable<unknown> | AsyncIterable<unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const { [Symbol.iterator]: sync, [Symbol.asyncIterator]: async } = value as Partial<
    Iterable<unknown> & AsyncIterable<unknown>
  >;
  return typeof sync === 'function' || typeof async === 'function';
}

/**
 * Batches that can be gone through so often.
 *
 * Throws   `batches-once` for an iterator or a stream, which is used up after one epoch
 */
export function checkAgain(batches: Batches<InputBatch>, epochs: number, where: string): void {
  const { next, getReader } = batches as { readonly next?: unknown; readonly getReader?: unknown };
  const once = typeof next === 'function' || typeof getReader === 'function';
  if (epochs <= 1 || !once || typeof batches.epoch === 'function') return;
  throw new OstinatoError('batches-once', {
    where,
    what: `The batches can be gone through only once, and there are ${epochs} epochs`,
    expected: 'an object that gives its batches anew for each epoch, such as { *[Symbol.iterator]() { … } }',
    received: typeof next === 'function' ? 'an iterator, such as a running generator' : 'a stream',
    fix: 'Wrap the generator function in such an object, or train for one epoch',
  });
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

/** Batches that users make, brought into the form of our own and checked one by one. */
import { checkBoolean, OstinatoError, show, unknownName } from '@ostinato/core';
import type { BatchSource } from './batch-source.js';
import { type Batches, type InputBatch, isIterable, type TrainingBatch } from './batches.js';
import { type Ahead, Lookahead } from './lookahead.js';
import type { Inputs } from './samples.js';

const PARTS = ['x', 'y', 'sampleWeight', 'rows', 'resetStates'];

/** Brings one batch into form and lets it in. `where` says which one it is. */
export type ReadBatch<B> = (batch: unknown, where: string) => Promise<B>;

export class UserBatches<B extends Inputs> implements BatchSource<B> {
  readonly count: number | undefined;
  readonly size: undefined;
  readonly #batches: Batches<InputBatch>;
  readonly #read: ReadBatch<B>;
  readonly #where: string;
  #served = false;

  constructor(batches: Batches<InputBatch>, read: ReadBatch<B>, where: string) {
    const { length } = batches;
    this.count = Number.isSafeInteger(length) && length! > 0 ? length : undefined;
    this.#batches = batches;
    this.#read = read;
    this.#where = where;
  }

  /**
   * Throws `batches-empty`, `batches-epoch`, `batches-fewer` when it ends before what is to be left out, and what
   * `ReadBatch` throws; errors of the source as they are.
   */
  batches(epoch: number | null, skip = 0, signal?: AbortSignal): Ahead<B> {
    let ahead: Lookahead<unknown> | undefined;
    const where = !epoch ? this.#where : `${this.#where}, epoch ${epoch + 1}`;
    const open = (): Iterable<unknown> | AsyncIterable<unknown> => {
      const batches = this.#open(epoch, where);
      if (this.#batches.readsAhead === true && isSync(batches)) ahead = new Lookahead(batches);
      return ahead ?? batches;
    };
    return Object.assign(this.#readAll(open, where, skip, signal), { look: () => ahead?.look() });
  }

  async *#readAll(
    open: () => Iterable<unknown> | AsyncIterable<unknown>,
    where: string,
    skip: number,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<B, void> {
    let index = 0;
    for await (const batch of open()) {
      if (signal?.aborted) return; // nobody waits for it: the source is closed, and the model stays as it is
      index += 1;
      this.#served = true;
      if (index > skip) yield await this.#read(batch, `${where}, batch ${index}`);
      if (index === this.count) return; // as many as it says, of a source that may go on for ever
    }
    if (index < skip) throw fewer(index, skip, where);
    if (index === 0) throw empty(this.#served, where);
  }

  #open(epoch: number | null, where: string): Iterable<unknown> | AsyncIterable<unknown> {
    if (epoch === null || typeof this.#batches.epoch !== 'function') return this.#batches;
    const batches: unknown = this.#batches.epoch(epoch);
    if (isIterable(batches)) return batches;
    throw new OstinatoError('batches-epoch', {
      where,
      what: `\`epoch(${epoch})\` of the batches did not return batches`,
      expected: 'an iterable or an async iterable',
      received: show(batches),
    });
  }
}

/** Not iterated asynchronously, which goes before. */
function isSync(batches: Iterable<unknown> | AsyncIterable<unknown>): batches is Iterable<unknown> {
  return typeof (batches as Partial<AsyncIterable<unknown>>)[Symbol.asyncIterator] !== 'function';
}

/** Throws `batch-type`, `batch-part`. */
export function checkTrainingBatch(batch: unknown, where: string): asserts batch is TrainingBatch {
  checkParts(batch, ['x', 'y'], where);
}

/** Throws `batch-type`, `batch-part`. */
export function checkInputBatch(batch: unknown, where: string): asserts batch is InputBatch {
  checkParts(batch, ['x'], where);
}

function checkParts(batch: unknown, needed: readonly string[], where: string): void {
  const parts =
    typeof batch === 'object' && batch !== null && !Array.isArray(batch) ? Object.keys(batch) : [];
  if (!needed.every((part) => parts.includes(part))) {
    throw new OstinatoError('batch-type', {
      where,
      what: 'This is not a batch',
      expected: `an object { ${needed.join(', ')} }`,
      received: parts.length > 0 ? `an object with ${parts.join(', ')}` : show(batch),
    });
  }
  for (const name of parts) {
    if (!PARTS.includes(name)) {
      throw unknownName('batch-part', { where, kind: 'part of a batch', name, known: PARTS });
    }
  }
}

/** Whether layers forget their states before a batch. Throws `config-reset-states`. */
export function forgetting({ resetStates }: InputBatch, where: string): Pick<Inputs, 'resetStates'> {
  if (resetStates !== undefined) checkBoolean(where, 'resetStates', resetStates);
  return resetStates === true ? { resetStates } : {};
}

/** The places of a batch's `count` samples in the whole, if it says them. Throws `batch-rows`. */
export function placing({ rows }: InputBatch, count: number, where: string): Pick<Inputs, 'rows'> {
  if (rows === undefined) return {};
  const places = Array.from(rows ?? []);
  const fits = places.length === count && places.every((row) => row === (row | 0) && row >= 0);
  if (fits) return { rows: Int32Array.from(places) };
  throw new OstinatoError('batch-rows', {
    where,
    what: '`rows` does not say which samples these are',
    expected: `${count} integers ≥ 0, one for each sample`,
    received: show(rows),
  });
}

function empty(servedBefore: boolean, where: string): OstinatoError {
  return new OstinatoError('batches-empty', {
    where,
    what: 'There is not a single batch',
    expected: 'at least one in each epoch',
    ...(servedBefore
      ? { fix: 'There were some before: give batches that can be iterated more than once' }
      : {}),
  });
}

function fewer(count: number, skip: number, where: string): OstinatoError {
  return new OstinatoError('batches-fewer', {
    where,
    what: 'There are fewer batches than the training had gone through when its checkpoint was made',
    expected: `at least ${skip}`,
    received: `${count}`,
    fix: 'Go on with the same batches in the same order',
  });
}

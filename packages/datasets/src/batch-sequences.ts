/** Sequences that come one by one, put together into batches of one length each. */
import { checkBoolean, checkFields, checkOneOf, checkSize, OstinatoError } from '@ostinato/core';
import type { NumberArray, Vector } from './arrays.js';
import { type PadOptions, padSequences } from './pad-sequences.js';
import { lengthOf, type Repeatable, type Stream, stageOver } from './repeatable.js';

/** One sequence: its numbers step by step, the features of a step together, and what it is to be told as, if that is known. */
export interface Sequence {
  readonly x: ArrayLike<number>;
  readonly y?: number;
}

export interface BatchOptions extends PadOptions {
  /** Sequences to a batch. Default 32. */
  readonly batchSize?: number;
  /** Leaves out the last batch of an epoch when it is not full. Default false. */
  readonly dropLast?: boolean;
  /** 'int32' for ids. Default 'float32'. */
  readonly dtype?: 'int32' | 'float32';
  /** Numbers to a step; null for ids, which have no axis of features. Default: null for 'int32', else 1. */
  readonly features?: number | null;
}

/** Sequences of one length, and their targets. */
export interface SequenceBatch {
  readonly x: NumberArray;
  readonly y: Vector;
}

/** The same without targets, for `predict`. */
export type InputSequenceBatch = Omit<SequenceBatch, 'y'>;

const WHERE = 'batchSequences';
const FIELDS = [
  'batchSize',
  'dropLast',
  'dtype',
  'features',
  'maxLen',
  'padding',
  'truncating',
  'value',
] as const;

/** The names of all options. */
export const BATCH_FIELDS: readonly string[] = FIELDS;

/**
 * Puts sequences into batches in the order in which they come; each batch is padded to its longest, or to `maxLen`.
 *
 * Shapes   a batch: x f32[batchSize, steps, features], or i32[batchSize, steps] for ids · y f32[batchSize]
 * Memory   one batch at a time
 * Throws   `source-type` · `source-once` · `config-…`; `sequences-features` when the numbers of a sequence make no whole
 *          steps, `sequences-target` when some sequences of a batch have targets and others none, and what `padSequences`
 *          throws
 *
 * @example
 * const batches = batchSequences([{ x: [1, 2, 3], y: 1 }, { x: [4], y: 0 }], { dtype: 'int32' });
 * for await (const { x, y } of batches) console.log(x.shape, y.data); // [2, 3] Float32Array [1, 0]
 */
export function batchSequences<S extends Sequence>(
  source: Repeatable<S>,
  options?: BatchOptions,
): Stream<S extends { readonly y: number } ? SequenceBatch : InputSequenceBatch>;
export function batchSequences(
  source: Repeatable<Sequence>,
  options: BatchOptions = {},
): Stream<SequenceBatch | InputSequenceBatch> {
  checkFields(WHERE, options, FIELDS);
  const form = resolveForm(options, WHERE);
  const { batchSize, dropLast } = form;
  const count = lengthOf(source);
  const length =
    count === undefined ? undefined : dropLast ? Math.floor(count / batchSize) : Math.ceil(count / batchSize);
  return stageOver(source, WHERE, length, async function* (items) {
    let open: Sequence[] = [];
    for await (const item of items) {
      open.push(item);
      if (open.length < batchSize) continue;
      yield toBatch(open, form);
      open = [];
    }
    if (open.length > 0 && !dropLast) yield toBatch(open, form);
  });
}

/** All options, answered. */
export type BatchForm = Required<Pick<BatchOptions, 'batchSize' | 'dropLast' | 'dtype' | 'features'>> &
  PadOptions;

/** Fills in defaults and checks each value. Throws `config-…`. */
export function resolveForm(options: BatchOptions, where: string): BatchForm {
  const { batchSize = 32, dropLast = false, dtype = 'float32', maxLen, padding, truncating, value } = options;
  const { features = dtype === 'int32' ? null : 1 } = options;
  checkSize(where, 'batchSize', batchSize);
  checkBoolean(where, 'dropLast', dropLast);
  checkOneOf(where, 'dtype', dtype, ['int32', 'float32']);
  if (features !== null) checkSize(where, 'features', features);
  if (maxLen !== undefined) checkSize(where, 'maxLen', maxLen);
  if (padding !== undefined) checkOneOf(where, 'padding', padding, ['pre', 'post']);
  if (truncating !== undefined) checkOneOf(where, 'truncating', truncating, ['pre', 'post']);
  const pad = { maxLen, padding, truncating, value };
  const given = Object.entries(pad).filter(([, setting]) => setting !== undefined);
  return { batchSize, dropLast, dtype, features, ...Object.fromEntries(given) };
}

function toBatch(sequences: readonly Sequence[], form: BatchForm): SequenceBatch | InputSequenceBatch {
  const { batchSize: _size, dropLast: _last, features, maxLen, ...pad } = form;
  const size = features ?? 1;
  const lengths = sequences.map(({ x }, i) => lengthIn(x, size, i));
  const longest = lengths.reduce((most, length) => Math.max(most, length), 1); // 1: sequences without steps are padding alone
  const steps = maxLen ?? longest;
  const rows = sequences.map(({ x }) => x);
  const { data } = padRows(rows, { ...pad, maxLen: steps * size });
  const x = { data, shape: [rows.length, steps, ...(features === null ? [] : [features])] };
  const y = targetsOf(sequences);
  return y ? { x, y } : { x };
}

/** Steps of a sequence. Throws `sequences-features`; of what is no list, `padSequences` speaks. */
function lengthIn(x: ArrayLike<number>, features: number, index: number): number {
  const length = x?.length;
  if (!Number.isSafeInteger(length)) return 0;
  if (length % features === 0) return length / features;
  throw new OstinatoError('sequences-features', {
    where: WHERE,
    what: `Sequence ${index} of a batch does not end with a whole step`,
    expected: `a multiple of ${features} numbers`,
    received: `${length}`,
  });
}

function padRows(
  rows: readonly ArrayLike<number>[],
  { dtype, ...options }: PadOptions & Pick<BatchForm, 'dtype'>,
): Pick<NumberArray, 'data'> {
  return dtype === 'int32'
    ? padSequences(rows, { ...options, dtype })
    : padSequences(rows, { ...options, dtype });
}

function targetsOf(sequences: readonly Sequence[]): Vector | undefined {
  const targets = sequences.flatMap(({ y }) => (y === undefined ? [] : [y]));
  if (targets.length === 0) return undefined;
  const numbers = targets.every((y) => typeof y === 'number');
  if (targets.length === sequences.length && numbers) {
    return { data: Float32Array.from(targets), shape: [targets.length] };
  }
  throw new OstinatoError('sequences-target', {
    where: WHERE,
    what: numbers ? 'Some sequences of a batch have targets and some none' : 'A target is no number',
    expected: 'a number for each, or none at all',
    received: `${targets.length} targets for ${sequences.length} sequences`,
  });
}

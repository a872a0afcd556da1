/**
 * Sequences of unequal length as one rectangular array, as Keras' `pad_sequences` makes it.
 */
import { checkFields, checkSize, OstinatoError, show, unknownName } from '@ostinato/core';
import type { Matrix, RaggedRows } from './arrays.js';

export interface PadOptions {
  /** Steps of every sequence. Default: those of the longest one. */
  readonly maxLen?: number;
  /** Where to fill up short sequences. Default 'pre'. */
  readonly padding?: 'pre' | 'post';
  /** Where to cut long sequences. Default 'pre': the end is kept. */
  readonly truncating?: 'pre' | 'post';
  /** What to fill up with. Default 0. */
  readonly value?: number;
}

type Data = Int32Array | Float32Array;
type Rows = { readonly count: number; row(index: number): ArrayLike<number> };

const WHERE = 'padSequences';

/**
 * Brings sequences to one length: short ones are filled up, long ones cut.
 *
 * Shapes   rows of any lengths → [rows, maxLen]
 * Memory   one new array of rows · maxLen · 4 bytes; the sequences are not changed
 * Throws   `sequences-empty` when there is no sequence, or only empty ones and no `maxLen` · `sequences-ragged` when a
 *          sequence is no list of numbers · `sequences-value` for fractions and the like with dtype 'int32' ·
 *          `config-max-len` · `config-padding` · `config-truncating` · `config-dtype` · `config-unknown`
 * Differs  Keras cuts fractions off without a word under dtype 'int32', and takes sequences of vectors and of text
 *
 * @example
 * padSequences([[1], [2, 3], [4, 5, 6]], { maxLen: 2 }); // data 0 1 2 3 5 6, shape [3, 2]
 */
export function padSequences(
  sequences: RaggedRows | readonly ArrayLike<number>[],
  options?: PadOptions & { readonly dtype?: 'int32' },
): Matrix;
export function padSequences(
  sequences: RaggedRows | readonly ArrayLike<number>[],
  options: PadOptions & { readonly dtype: 'float32' },
): Matrix<Float32Array>;
export function padSequences(
  sequences: RaggedRows | readonly ArrayLike<number>[],
  options: PadOptions & { readonly dtype?: 'int32' | 'float32' } = {},
): Matrix<Data> {
  checkFields(WHERE, options, ['maxLen', 'padding', 'truncating', 'value', 'dtype']);
  const { padding = 'pre', truncating = 'pre', value = 0, dtype = 'int32' } = options;
  checkChoice('padding', padding, ['pre', 'post']);
  checkChoice('truncating', truncating, ['pre', 'post']);
  checkChoice('dtype', dtype, ['int32', 'float32']);
  const { count, row } = rowsOf(sequences);
  const steps = options.maxLen ?? longest(count, row);
  checkSize(WHERE, 'maxLen', steps);
  checkValue(value, dtype, 'value');

  const data = dtype === 'int32' ? new Int32Array(count * steps) : new Float32Array(count * steps);
  if (value !== 0) data.fill(value);
  for (let i = 0; i < count; i++) {
    const whole = row(i);
    const kept = Math.min(whole.length, steps);
    const from = truncating === 'pre' ? whole.length - kept : 0;
    const to = i * steps + (padding === 'pre' ? steps - kept : 0);
    copyRow(data, to, whole, from, kept, i);
  }
  return { data, shape: [count, steps] };
}

/** Both forms of input as one: a count and a way to a row. Throws for everything that is neither. */
function rowsOf(sequences: RaggedRows | readonly ArrayLike<number>[]): Rows {
  if (!Array.isArray(sequences)) {
    const { data, offsets } = (sequences ?? {}) as RaggedRows;
    if (!(data instanceof Int32Array && offsets instanceof Int32Array)) {
      throw ragged('`sequences` is no list of sequences', 'a list of lists, or { data, offsets }', sequences);
    }
    if (offsets.length < 2) throw empty('There is no sequence');
    return { count: offsets.length - 1, row: (i) => data.subarray(offsets[i], offsets[i + 1]) };
  }
  if (sequences.length === 0) throw empty('There is no sequence');
  for (const [i, row] of sequences.entries()) {
    const listLike = Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row);
    if (!listLike) throw ragged(`Sequence ${i} is not a list of numbers`, 'a list or typed array', row);
  }
  return { count: sequences.length, row: (i) => sequences[i]! };
}

function longest(count: number, row: Rows['row']): number {
  let steps = 0;
  for (let i = 0; i < count; i++) steps = Math.max(steps, row(i).length);
  if (steps === 0) throw empty('Every sequence is empty, and `maxLen` is not given');
  return steps;
}

function copyRow(
  data: Data,
  to: number,
  row: ArrayLike<number>,
  from: number,
  count: number,
  index: number,
): void {
  if (row instanceof Int32Array) {
    data.set(row.subarray(from, from + count), to);
    return;
  }
  const dtype = data instanceof Int32Array ? 'int32' : 'float32';
  for (let k = 0; k < count; k++) {
    const element = row[from + k];
    if (typeof element !== 'number') {
      throw ragged(`Sequence ${index} holds something else at position ${from + k}`, 'a number', element);
    }
    checkValue(element, dtype, `sequence ${index}, position ${from + k}`);
    data[to + k] = element;
  }
}

function checkValue(value: number, dtype: 'int32' | 'float32', place: string): void {
  if (dtype === 'float32' ? typeof value === 'number' : value === (value | 0)) return;
  throw new OstinatoError('sequences-value', {
    where: WHERE,
    what: `A number does not fit the dtype (${place})`,
    expected: dtype === 'int32' ? 'an integer of 32 bits' : 'a number',
    received: show(value),
    ...(dtype === 'int32' ? { fix: "Pass dtype: 'float32' for fractions" } : {}),
  });
}

function checkChoice(
  name: 'padding' | 'truncating' | 'dtype',
  value: string,
  known: readonly string[],
): void {
  if (known.includes(value)) return;
  throw unknownName(`config-${name}`, { where: WHERE, kind: `\`${name}\``, name: value, known });
}

function empty(what: string): OstinatoError {
  return new OstinatoError('sequences-empty', {
    where: WHERE,
    what,
    expected: 'at least one number in one sequence',
  });
}

function ragged(what: string, expected: string, received: unknown): OstinatoError {
  return new OstinatoError('sequences-ragged', { where: WHERE, what, expected, received: show(received) });
}

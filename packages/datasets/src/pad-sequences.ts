/**
 * Sequences of unequal length as one rectangular array, as Keras' `pad_sequences` makes it.
 */
import { checkFields, checkSize, unknownName } from '@ostinato/core';
import type { Matrix, RaggedRows } from './arrays.js';
import { checkElement, checkValue, emptySequences, rowsOf, type SequenceRows } from './sequence-rows.js';

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
  const { count, row } = rowsOf(sequences, WHERE);
  const steps = options.maxLen ?? longest(count, row);
  checkSize(WHERE, 'maxLen', steps);
  checkValue(value, dtype, 'value', WHERE);

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

function longest(count: number, row: SequenceRows['row']): number {
  let steps = 0;
  for (let i = 0; i < count; i++) steps = Math.max(steps, row(i).length);
  if (steps === 0) throw emptySequences('Every sequence is empty, and `maxLen` is not given', WHERE);
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
    checkElement(element, dtype, index, from + k, WHERE);
    data[to + k] = element;
  }
}

function checkChoice(
  name: 'padding' | 'truncating' | 'dtype',
  value: string,
  known: readonly string[],
): void {
  if (known.includes(value)) return;
  throw unknownName(`config-${name}`, { where: WHERE, kind: `\`${name}\``, name: value, known });
}

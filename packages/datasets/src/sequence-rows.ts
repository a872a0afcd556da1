/** Sequences of unequal length in either of their two forms, read row by row, and the checks of what they hold. */
import { OstinatoError, show } from '@ostinato/core';
import type { RaggedRows } from './arrays.js';

/** A count, and a way to a row. */
export interface SequenceRows {
  readonly count: number;
  row(index: number): ArrayLike<number>;
}

/** Both forms of input as one. Throws `sequences-ragged`, `sequences-empty` for everything that is neither. */
export function rowsOf(sequences: RaggedRows | readonly ArrayLike<number>[], where: string): SequenceRows {
  if (!Array.isArray(sequences)) {
    const { data, offsets } = (sequences ?? {}) as RaggedRows;
    if (!(data instanceof Int32Array && offsets instanceof Int32Array)) {
      const what = '`sequences` is no list of sequences';
      throw ragged(what, 'a list of lists, or { data, offsets }', sequences, where);
    }
    if (offsets.length < 2) throw emptySequences('There is no sequence', where);
    checkOffsets(offsets, data.length, where);
    return { count: offsets.length - 1, row: (i) => data.subarray(offsets[i], offsets[i + 1]) };
  }
  if (sequences.length === 0) throw emptySequences('There is no sequence', where);
  for (const [i, row] of sequences.entries()) {
    const listLike = Array.isArray(row) || (ArrayBuffer.isView(row) && 'length' in row);
    if (!listLike)
      throw ragged(`Sequence ${i} is not a list of numbers`, 'a list or typed array', row, where);
  }
  return { count: sequences.length, row: (i) => sequences[i]! };
}

/** Throws `sequences-ragged` unless every row lies in the data, one after the other. */
function checkOffsets(offsets: Int32Array, length: number, where: string): void {
  const wrong = offsets.findIndex((offset, i) => offset < (i === 0 ? 0 : offsets[i - 1]!) || offset > length);
  if (wrong < 0) return;
  const what = `\`offsets\` does not cut \`data\` into rows at place ${wrong}`;
  throw ragged(what, `numbers from 0 to ${length} that never fall`, offsets[wrong], where);
}

/** One number of a sequence, which the dtype must hold. Throws `sequences-ragged`, `sequences-value`. */
export function checkElement(
  value: unknown,
  dtype: 'int32' | 'float32',
  index: number,
  position: number,
  where: string,
): asserts value is number {
  if (typeof value === 'number') {
    checkValue(value, dtype, `sequence ${index}, position ${position}`, where);
    return;
  }
  throw ragged(`Sequence ${index} holds something else at position ${position}`, 'a number', value, where);
}

/** Throws `sequences-value` for fractions and the like with dtype 'int32'. */
export function checkValue(value: number, dtype: 'int32' | 'float32', place: string, where: string): void {
  if (dtype === 'float32' ? typeof value === 'number' : value === (value | 0)) return;
  throw new OstinatoError('sequences-value', {
    where,
    what: `A number does not fit the dtype (${place})`,
    expected: dtype === 'int32' ? 'an integer of 32 bits' : 'a number',
    received: show(value),
    ...(dtype === 'int32' ? { fix: "Pass dtype: 'float32' for fractions" } : {}),
  });
}

export function emptySequences(what: string, where: string): OstinatoError {
  return new OstinatoError('sequences-empty', {
    where,
    what,
    expected: 'at least one number in one sequence',
  });
}

function ragged(what: string, expected: string, received: unknown, where: string): OstinatoError {
  return new OstinatoError('sequences-ragged', { where, what, expected, received: show(received) });
}

/**
 * The four arrays of `imdb.npz`, checked against each other.
 */
import { OstinatoError } from '@ostinato/core';
import { rowCount } from './arrays.js';
import type { NpyArray } from './npy.js';
import { type Npz, openNpz } from './npz.js';
import type { RawCorpus, RawReviews } from './select-reviews.js';

/** Five times what the largest array of IMDB takes. */
const MAX_MEMBER_BYTES = 2 ** 26;

/**
 * Reads a file in the form of Keras' `imdb.npz`.
 *
 * Throws   `imdb-form` when arrays are missing, of another form, or of different lengths · what `openNpz` throws
 */
export function readImdbNpz(bytes: Uint8Array, name: string): RawCorpus {
  const npz = openNpz(bytes, { name, maxBytes: MAX_MEMBER_BYTES });
  for (const array of ['x_train', 'y_train', 'x_test', 'y_test']) {
    if (!npz.names.includes(array))
      throw badForm(name, `There is no ${array}`, `${npz.names.join(', ') || 'no array'}`);
  }
  return { train: readSplit(npz, name, 'train'), test: readSplit(npz, name, 'test') };
}

function readSplit(npz: Npz, name: string, split: 'train' | 'test'): RawReviews {
  const x = npz.read(`x_${split}`);
  const y = npz.read(`y_${split}`);
  if (x.kind !== 'rows') throw badForm(name, `x_${split} does not hold lists of word ids`, describe(x));
  if (y.kind !== 'numbers' || y.shape.length !== 1)
    throw badForm(name, `y_${split} does not hold labels`, describe(y));
  const count = rowCount(x.rows);
  if (count === 0 || y.data.length !== count) {
    throw badForm(
      name,
      `x_${split} and y_${split} do not belong together`,
      `${count} reviews and ${y.data.length} labels`,
    );
  }
  if (hasNegative(x.rows.data)) throw badForm(name, `x_${split} holds negative word ids`, 'an id below 0');
  return { ranks: x.rows, labels: Float32Array.from(y.data as ArrayLike<number | bigint>, Number) };
}

/** Whether any sign bit is set; without a function call for each of millions. */
function hasNegative(numbers: Int32Array): boolean {
  let bits = 0;
  for (let i = 0; i < numbers.length; i++) bits |= numbers[i]!;
  return bits < 0;
}

function describe(array: NpyArray): string {
  return `${array.dtype}[${array.shape.join(', ')}]`;
}

function badForm(name: string, what: string, received: string): OstinatoError {
  return new OstinatoError('imdb-form', {
    where: name,
    what,
    expected:
      'the form of Keras’ imdb.npz: object arrays x_train, x_test of lists, integer arrays y_train, y_test',
    received,
  });
}

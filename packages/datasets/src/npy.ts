/**
 * The content of an .npy file: numbers as a typed array, or an object array of lists of whole numbers as ragged rows.
 *
 * Not here: structured dtypes, complex numbers, text, dates, Fortran order beyond one dimension. They are refused by name.
 */
import { OstinatoError } from '@ostinato/core';
import type { RaggedRows } from './arrays.js';
import { checkBytes } from './check-arguments.js';
import { type NpyHeader, parseNpyHeader } from './npy-header.js';
import { unpickleRows } from './unpickle-rows.js';

export type NpyNumbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** What an .npy file holds. */
export type NpyArray =
  | {
      readonly kind: 'numbers';
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly data: NpyNumbers;
    }
  | {
      readonly kind: 'rows';
      readonly dtype: 'object';
      readonly shape: readonly [number];
      readonly rows: RaggedRows;
    };

type NumbersClass = {
  new (buffer: ArrayBufferLike, offset: number, length: number): NpyNumbers;
  BYTES_PER_ELEMENT: number;
};

const DTYPES: Readonly<Record<string, readonly [dtype: string, array: NumbersClass]>> = {
  b1: ['bool', Uint8Array],
  i1: ['int8', Int8Array],
  u1: ['uint8', Uint8Array],
  i2: ['int16', Int16Array],
  u2: ['uint16', Uint16Array],
  i4: ['int32', Int32Array],
  u4: ['uint32', Uint32Array],
  i8: ['int64', BigInt64Array],
  u8: ['uint64', BigUint64Array],
  f4: ['float32', Float32Array],
  f8: ['float64', Float64Array],
};

/** More lists than any data set of this form has; bounds the memory that a crafted file can take. */
const MOST_ROWS = 2 ** 22;

/**
 * Reads an .npy file that is in memory.
 *
 * Shapes   numeric dtypes of any shape → a typed array in row order · dtype object [rows] → ragged rows
 * Memory   numbers are a view of `bytes` where their alignment allows, else a copy
 * Throws   `npy-header` · `npy-dtype` for other dtypes · `npy-size` when shape and size disagree · `file-truncated` ·
 *          `pickle-…` as `unpickleRows` · `config-bytes`
 *
 * @example
 * const labels = readNpy(bytes);
 * if (labels.kind === 'numbers') labels.data; // BigInt64Array, labels.shape [25000]
 */
export function readNpy(bytes: Uint8Array, where = 'readNpy'): NpyArray {
  checkBytes(where, bytes);
  const header = parseNpyHeader(bytes, where);
  if (/^\|?O\d?$/.test(header.descr)) return readRows(bytes, header, where);
  return readNumbers(bytes, header, where);
}

function readRows(bytes: Uint8Array, header: NpyHeader, where: string): NpyArray {
  const [count] = header.shape;
  if (count === undefined || header.shape.length !== 1 || count > MOST_ROWS || count > bytes.length) {
    throw new OstinatoError('npy-size', {
      where,
      what: 'The array of objects cannot be read as rows',
      expected: `a shape (rows,) with at most ${MOST_ROWS} rows, and no more than there are bytes`,
      received: `(${header.shape.join(', ')}) in ${bytes.length} bytes`,
    });
  }
  const rows = unpickleRows(bytes, header.dataOffset, count, where);
  return { kind: 'rows', dtype: 'object', shape: [count], rows };
}

function readNumbers(bytes: Uint8Array, header: NpyHeader, where: string): NpyArray {
  const known = /^[<>|=]/.test(header.descr) ? DTYPES[header.descr.slice(1)] : undefined;
  const columnOrder = header.fortranOrder && header.shape.length > 1;
  if (!known || columnOrder) throw badDtype(header, where, columnOrder);
  const [dtype, array] = known;
  const size = header.shape.reduce((product, size) => product * size, array.BYTES_PER_ELEMENT);
  if (size !== bytes.length - header.dataOffset) {
    throw new OstinatoError('npy-size', {
      where,
      what: `The data is not as long as its shape says (byte ${header.dataOffset})`,
      expected: `${size} bytes for ${dtype}[${header.shape.join(', ')}]`,
      received: `${bytes.length - header.dataOffset}`,
    });
  }
  const data = view(bytes.subarray(header.dataOffset), array, header.descr.startsWith('>'));
  return { kind: 'numbers', dtype, shape: header.shape, data };
}

/** The bytes as numbers; copied when they are not aligned or not little-endian. */
function view(bytes: Uint8Array, array: NumbersClass, bigEndian: boolean): NpyNumbers {
  const width = array.BYTES_PER_ELEMENT;
  const aligned = bytes.byteOffset % width === 0 && !bigEndian ? bytes : bytes.slice();
  if (bigEndian)
    for (let at = 0; at < aligned.length; at += width) aligned.subarray(at, at + width).reverse();
  return new array(aligned.buffer, aligned.byteOffset, aligned.length / width);
}

function badDtype(header: NpyHeader, where: string, columnOrder: boolean): OstinatoError {
  return new OstinatoError('npy-dtype', {
    where,
    what: columnOrder ? 'The array is in column (Fortran) order' : 'The dtype cannot be read',
    expected: columnOrder ? 'row order' : `one of ${Object.keys(DTYPES).join(', ')}, O`,
    received: columnOrder
      ? `fortran_order: True, shape (${header.shape.join(', ')})`
      : `'${header.descr.slice(0, 40)}'`,
    fix: columnOrder ? 'Save it after numpy.ascontiguousarray(array)' : 'Save it after array.astype(...)',
  });
}

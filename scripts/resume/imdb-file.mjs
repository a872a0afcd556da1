// Writes reviews as Keras' imdb.npz: a zip of four .npy files, the lists of ids as a pickle of objects.
import { crc32 } from 'node:zlib';

/** @typedef {{ x: readonly ArrayLike<number>[], y: ArrayLike<number> }} Reviews  ids are raw ranks from 1 */

/** @param {Reviews} train @param {Reviews} test @returns {Buffer} */
export function imdbFile(train, test) {
  return zip([
    ['x_test.npy', npy('|O', test.x.length, pickle(test.x))],
    ['x_train.npy', npy('|O', train.x.length, pickle(train.x))],
    ['y_train.npy', npy('<i8', train.y.length, int64(train.y))],
    ['y_test.npy', npy('<i8', test.y.length, int64(test.y))],
  ]);
}

/** @param {string} dtype @param {number} length @param {Buffer} data */
function npy(dtype, length, data) {
  const text = `{'descr': '${dtype}', 'fortran_order': False, 'shape': (${length},), }`;
  const header = `${text.padEnd(Math.ceil((text.length + 11) / 64) * 64 - 11)}\n`;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(header.length);
  return Buffer.concat([Buffer.from('\x93NUMPY\x01\x00', 'latin1'), size, Buffer.from(header), data]);
}

/** @param {ArrayLike<number>} values */
function int64(values) {
  return Buffer.from(BigInt64Array.from(Array.from(values), BigInt).buffer);
}

/** A one-dimensional array of lists, protocol 2. @param {readonly ArrayLike<number>[]} rows */
function pickle(rows) {
  const lists = rows.map((row) => `](${Array.from(row, integer).join('')}e`).join('');
  const array = `cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85U\x01b\x87R`;
  const dtype = 'cnumpy\ndtype\nU\x02O8K\x00K\x01\x87R(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK?tb';
  const state = `(K\x01${integer(rows.length)}\x85${dtype}\x89](${lists}et`;
  return Buffer.from(`\x80\x02${array}${state}b.`, 'latin1');
}

/** @param {number} value */
function integer(value) {
  const bytes = [value, value >> 8, value >> 16, value >> 24].map((byte) => String.fromCharCode(byte & 255));
  return `J${bytes.join('')}`;
}

/** Stored, not packed. @param {readonly (readonly [string, Buffer])[]} files */
function zip(files) {
  let at = 0;
  const parts = [];
  const entries = [];
  for (const [name, data] of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    entries.push(Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, Buffer.from(name));
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name), data);
    at += 30 + name.length + data.length;
  }
  const directory = Buffer.concat(entries);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 0, 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...parts, directory, end]);
}

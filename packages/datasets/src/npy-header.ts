/**
 * The header of an .npy file: dtype, order and shape.
 *
 * The header is a Python dictionary in text form. It is parsed here by its own small grammar, not evaluated.
 */
import { OstinatoError } from '@ostinato/core';
import { ByteCursor, latin1 } from './byte-cursor.js';

export interface NpyHeader {
  /** As NumPy writes it: '<i8', '|O', … */
  readonly descr: string;
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Where the data starts. */
  readonly dataOffset: number;
}

const MAGIC = '\x93NUMPY';
/** NumPy refuses longer ones too. */
const LONGEST = 10_000;
const FIELD = /^'(descr|fortran_order|shape)'\s*:\s*('[^'\\]*'|True|False|\([\d,\s]*\))\s*/;
const SHAPE = /^\((?:(?:\s*\d{1,15}\s*,)+(?:\s*\d{1,15})?)?\s*\)$/;

/**
 * Reads the header of an .npy file, format versions 1.0, 2.0 and 3.0.
 *
 * Throws   `npy-header` when it is none, or another version, or a structured dtype · `file-truncated`
 * Source   NumPy enhancement proposal 1, "A simple file format for NumPy arrays"
 */
export function parseNpyHeader(bytes: Uint8Array, where: string): NpyHeader {
  const cursor = new ByteCursor(bytes, where);
  const magic = latin1(cursor.take(Math.min(MAGIC.length, bytes.length)));
  if (magic !== MAGIC)
    throw badHeader(where, 0, 'the file does not start as .npy files do', quote(MAGIC), quote(magic));
  const major = cursor.u8();
  const minor = cursor.u8();
  if (major < 1 || major > 3 || minor !== 0) {
    throw badHeader(where, 6, 'an unknown format version', '1.0, 2.0 or 3.0', `${major}.${minor}`);
  }
  const length = major === 1 ? cursor.u16() : cursor.u32();
  if (length > LONGEST)
    throw badHeader(where, 8, 'the header is too long', `at most ${LONGEST} bytes`, `${length}`);
  const start = cursor.position;
  const fields = parseDictionary(decode(cursor.take(length)), where, start);
  return { ...fields, dataOffset: cursor.position };
}

function parseDictionary(text: string, where: string, start: number): Omit<NpyHeader, 'dataOffset'> {
  const whole = text.trim();
  if (!whole.startsWith('{') || !whole.endsWith('}'))
    throw badHeader(where, start, 'it is not a dictionary', "{'descr': …}", quote(text));
  // No pattern does this: one with white space on both sides of a gap takes time with the cube of the length.
  const body = whole.slice(1, -1).trim().replace(/,$/, '').trimEnd();
  const fields = new Map<string, string>();
  let rest = body;
  while (rest !== '') {
    const match = FIELD.exec(rest);
    if (match === null || fields.has(match[1]!)) {
      const at = start + text.indexOf(rest);
      throw badHeader(
        where,
        at,
        'an unexpected field',
        "'descr', 'fortran_order' and 'shape', once each",
        quote(rest),
      );
    }
    fields.set(match[1]!, match[2]!);
    rest = rest.slice(match[0].length);
    if (rest !== '' && !/^,\s*/.test(rest))
      throw badHeader(where, start, 'no comma between fields', "','", quote(rest));
    rest = rest.replace(/^,\s*/, '');
  }
  return checkFields(fields, where, start);
}

function checkFields(
  fields: Map<string, string>,
  where: string,
  start: number,
): Omit<NpyHeader, 'dataOffset'> {
  const descr = fields.get('descr');
  const order = fields.get('fortran_order');
  const shape = fields.get('shape');
  if (!descr?.startsWith("'"))
    throw badHeader(where, start, "'descr' is not a dtype", 'a text', descr ?? 'nothing');
  if (order !== 'True' && order !== 'False') {
    throw badHeader(where, start, "'fortran_order' is no truth value", 'True or False', order ?? 'nothing');
  }
  if (!shape || !SHAPE.test(shape))
    throw badHeader(where, start, "'shape' is not a shape", 'a tuple of sizes', shape ?? 'nothing');
  const sizes = shape
    .slice(1, -1)
    .split(',')
    .filter((size) => size.trim() !== '');
  return { descr: descr.slice(1, -1), fortranOrder: order === 'True', shape: sizes.map(Number) };
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function quote(text: string): string {
  return JSON.stringify(text.slice(0, 80));
}

function badHeader(
  where: string,
  at: number,
  what: string,
  expected: string,
  received: string,
): OstinatoError {
  return new OstinatoError('npy-header', {
    where,
    what: `The header of the .npy data cannot be read: ${what} (byte ${at})`,
    expected,
    received,
  });
}

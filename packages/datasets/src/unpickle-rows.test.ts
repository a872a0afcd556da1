import { describe, expect, it } from 'vitest';
import { unpickleRows } from './unpickle-rows.js';

/** A pickle written as text: each character is a byte. */
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));

const START = '\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\0\x85U\x01b\x87R';
const DTYPE = 'cnumpy\ndtype\nU\x02O8K\0K\x01\x87R';

/** An object array of `rows` lists, whose list is made by the opcodes in `content`. */
function array(rows: number, content: string, version = 'K\x01'): Uint8Array {
  return bytes(`${START}(${version}K${String.fromCharCode(rows)}\x85${DTYPE}\x89${content}tb.`);
}

function read(pickle: Uint8Array, rows: number): { data: number[]; offsets: number[] } {
  const { data, offsets } = unpickleRows(pickle, 0, rows, 'x.npy');
  return { data: [...data], offsets: [...offsets] };
}

describe('reads lists', () => {
  it('appended in batches, one by one, and empty ones', () => {
    const content = '](](K\x05M\x01\x01J\x00\x00\x01\x00e](K\x06K\x07e(K\x08e]]K\x09ae';
    expect(read(array(4, content), 4)).toEqual({
      data: [5, 257, 65536, 6, 7, 8, 9],
      offsets: [0, 3, 6, 6, 7],
    });
    expect(read(array(1, ']](K\x01ea'), 1)).toEqual({ data: [1], offsets: [0, 1] });
  });

  it('with numbers from the memo and long integers that fit', () => {
    const content = ']](K\x05q\x07h\x07\x8a\x05\xfb\xff\xff\xff\xff\x8a\x00ea';
    expect(read(array(1, content), 1).data).toEqual([5, 5, -5, 0]);
  });

  it('in the order of the array, whatever the order they were written in', () => {
    const written = '](K\x01K\x02eq\x01](K\x03eq\x02\x86';
    expect(read(array(2, '](h\x02h\x01e', written), 2)).toEqual({ data: [3, 1, 2], offsets: [0, 1, 3] });
    expect(read(array(3, '](h\x01h\x02h\x01e', written), 3).data).toEqual([1, 2, 3, 1, 2]);
  });

  it('from an offset, and stops at the end', () => {
    const pickle = array(1, ']](K\x05K\x06ea');
    const shifted = bytes(`xyz${String.fromCharCode(...pickle)}`);
    expect([...unpickleRows(shifted, 3, 1, 'x').data]).toEqual([5, 6]);
  });
});

describe('refuses', () => {
  const bad: readonly [string, string, Uint8Array, number][] = [
    ['another name', 'pickle-global', bytes('\x80\x02cos\nsystem\nU\x02ls\x85R.'), 1],
    ['another name by STACK_GLOBAL', 'pickle-global', bytes('\x80\x04\x8c\x08builtins\x8c\x04eval\x93.'), 1],
    ['a known module with another name', 'pickle-global', bytes('\x80\x02cnumpy\nload\n.'), 1],
    ['an opcode for persistent ids', 'pickle-opcode', bytes('\x80\x02Q.'), 1],
    ['an opcode that makes instances', 'pickle-opcode', bytes('\x80\x02)\x81.'), 1],
    ['a dictionary', 'pickle-opcode', bytes('\x80\x02}.'), 1],
    ['a fraction', 'pickle-opcode', array(1, ']]G\0\0\0\0\0\0\0\0aa'), 1],
    ['a number of 33 bits', 'pickle-integer', array(1, ']](\x8a\x05\0\0\0\0\x01ea'), 1],
    ['protocol 6', 'pickle-invalid', bytes('\x80\x06.'), 1],
    ['an empty stack', 'pickle-invalid', bytes('\x80\x02.'), 1],
    ['no array', 'pickle-invalid', bytes('\x80\x02].'), 1],
    ['two values', 'pickle-invalid', bytes('\x80\x02NN.'), 1],
    ['an array without its state', 'pickle-invalid', bytes(`${START}.`), 1],
    ['bytes after the end', 'pickle-invalid', bytes(`${String.fromCharCode(...array(1, ']]a'))}x`), 1],
    ['an append to nothing', 'pickle-invalid', bytes('\x80\x02K\x01a.'), 1],
    ['an append over a mark', 'pickle-invalid', array(1, ']](K\x01aea'), 1],
    ['an append into a list below another mark', 'pickle-invalid', array(1, ']((K\x01ea'), 1],
    [
      'a call with too few arguments',
      'pickle-invalid',
      bytes('\x80\x02cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\n\x85R.'),
      1,
    ],
    ['an append without a mark', 'pickle-invalid', bytes('\x80\x02]K\x01e.'), 1],
    ['an empty append into nothing', 'pickle-invalid', bytes('\x80\x02(e.'), 1],
    ['a tuple of what is not there', 'pickle-invalid', bytes('\x80\x02K\x01\x87.'), 1],
    ['an unknown memo', 'pickle-invalid', bytes('\x80\x02h\x05.'), 1],
    ['an unexpected call', 'pickle-invalid', bytes('\x80\x02cnumpy\nndarray\nK\x01\x85R.'), 1],
    ['a call of what is no function', 'pickle-invalid', bytes('\x80\x02K\x01)R.'), 1],
    ['an unexpected state', 'pickle-invalid', bytes(`${START}K\x01b.`), 1],
    ['text in a row', 'pickle-invalid', array(1, ']](U\x01aU\x01bea'), 1],
    ['text after numbers', 'pickle-invalid', array(1, ']](K\x01U\x01bea'), 1],
    ['a row of lists', 'pickle-invalid', array(1, ']]]K\x01aaa'), 1],
    ['numbers beside lists', 'pickle-invalid', array(2, ']](K\x01eaK\x02a'), 2],
    ['numbers in the array itself', 'pickle-invalid', array(2, '](K\x01K\x02e'), 2],
    ['a list in itself', 'pickle-invalid', array(1, ']q\x01h\x01a'), 1],
    ['a row that grows again', 'pickle-invalid', array(2, ']](K\x01eq\x01a](K\x02eah\x01(K\x03e'), 2],
    ['fewer rows than the header has', 'pickle-invalid', array(1, ']](K\x01ea'), 2],
    ['more lists than rows', 'pickle-invalid', array(1, `](${']'.repeat(200)}e`), 1],
    [
      'another dtype',
      'pickle-invalid',
      bytes(String.fromCharCode(...array(1, ']]a')).replace('O8', 'i8')),
      1,
    ],
    ['a cut', 'file-truncated', array(1, ']](K\x01ea').subarray(0, -6), 1],
    ['a text longer than the file', 'file-truncated', bytes('\x80\x02X\xff\0\0\0a'), 1],
    ['a name without an end', 'file-truncated', bytes('\x80\x02cnumpy'), 1],
  ];
  it.each(bad)('%s (%s)', (_, code, pickle, rows) => {
    expect(() => unpickleRows(pickle, 0, rows, 'x.npy')).toThrow(expect.objectContaining({ code }));
  });

  it('with the place and what was met', () => {
    expect(() => unpickleRows(bytes('\x80\x02cos\nsystem\n.'), 0, 1, 'imdb.npz>x_train.npy')).toThrow(
      /^\[imdb\.npz>x_train\.npy\] .*not allowed \(byte 13\).*received os\.system\. Do not trust this file.*\(pickle-global\)$/,
    );
    expect(() => unpickleRows(bytes('\x80\x02}.'), 0, 1, 'x')).toThrow(/\(byte 2\).*received 0x7d/);
  });

  it('a flood of empty lists, long before the memory is full', () => {
    const flood = new Uint8Array(1_000_000).fill(0x5d);
    expect(() => unpickleRows(flood, 0, 10, 'x')).toThrow(/more objects than the array has rows \(byte 85\)/);
    const marked = new Uint8Array(1_000_000).fill(0x94);
    marked[0] = 0x4e;
    expect(() => unpickleRows(marked, 0, 10, 'x')).toThrow(/more objects than the array has rows/);
  });

  it('one long list that stands for thousands of rows: memory is bounded by the size of the file', () => {
    const row = `](${'K\x01'.repeat(900)}eq\x01`;
    const pickle = array(200, `](${'h\x01'.repeat(200)}e`, row);
    expect(() => unpickleRows(pickle, 0, 200, 'x')).toThrow(/would fill the memory/);
  });
});

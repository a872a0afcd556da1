import { describe, expect, it } from 'vitest';
import { parseNpyHeader } from './npy-header.js';

/** An .npy prefix with this header text. */
function npy(text: string, major = 1, minor = 0): Uint8Array {
  const header = new TextEncoder().encode(text);
  const length =
    major === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  return Uint8Array.of(0x93, ...new TextEncoder().encode('NUMPY'), major, minor, ...length, ...header);
}
const GOOD = "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 4), }   \n";

it('reads dtype, order, shape and where the data starts', () => {
  const expected = { descr: '<i8', fortranOrder: false, shape: [3, 4] };
  expect(parseNpyHeader(npy(GOOD), 'f')).toEqual({ ...expected, dataOffset: 10 + GOOD.length });
  expect(parseNpyHeader(npy(GOOD, 2), 'f')).toEqual({ ...expected, dataOffset: 12 + GOOD.length });
  expect(parseNpyHeader(npy(GOOD, 3), 'f')).toMatchObject(expected);
});

it('reads every spelling of a shape, and fields in any order', () => {
  const shapeOf = (shape: string): readonly number[] =>
    parseNpyHeader(npy(`{'shape': ${shape}, 'fortran_order': True, 'descr': '|O'}\n`), 'f').shape;
  expect(['()', '(5,)', '(5, )', '(2,3)', '(2, 3, 0,)'].map(shapeOf)).toEqual([
    [],
    [5],
    [5],
    [2, 3],
    [2, 3, 0],
  ]);
});

describe('refuses', () => {
  const bad: readonly [string, Uint8Array, string][] = [
    ['another magic', Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]), 'npy-header'],
    ['nothing', new Uint8Array(0), 'npy-header'],
    ['version 4.0', npy(GOOD, 4), 'npy-header'],
    ['version 1.1', npy(GOOD, 1, 1), 'npy-header'],
    ['a cut header', npy(GOOD).subarray(0, 40), 'file-truncated'],
    ['a length of 60,000', npy(' '.repeat(60_000), 1), 'npy-header'],
    ['no dictionary', npy('[1, 2]\n'), 'npy-header'],
    [
      'white space that a pattern would go through again and again',
      npy(`{${' '.repeat(9000)}`),
      'npy-header',
    ],
    [
      'a field twice',
      npy("{'descr': '<i8', 'descr': '<i8', 'fortran_order': False, 'shape': ()}"),
      'npy-header',
    ],
    ['a field too many', npy("{'descr': '<i8', 'fortran_order': False, 'shape': (), 'x': 1}"), 'npy-header'],
    ['a field too few', npy("{'descr': '<i8', 'fortran_order': False}"), 'npy-header'],
    [
      'a structured dtype',
      npy("{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (2,)}"),
      'npy-header',
    ],
    [
      'code in the place of a value',
      npy("{'descr': '<i8', 'fortran_order': exit(), 'shape': ()}"),
      'npy-header',
    ],
    ['a negative size', npy("{'descr': '<i8', 'fortran_order': False, 'shape': (-1,)}"), 'npy-header'],
    ['no comma in a shape', npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1 2)}"), 'npy-header'],
    ['no comma between fields', npy("{'descr': '<i8' 'fortran_order': False, 'shape': ()}"), 'npy-header'],
    [
      'a size of 20 digits',
      npy(`{'descr': '<i8', 'fortran_order': False, 'shape': (${'9'.repeat(20)},)}`),
      'npy-header',
    ],
  ];
  it.each(bad)('%s', (_, bytes, code) => {
    expect(() => parseNpyHeader(bytes, 'x.npy')).toThrow(expect.objectContaining({ code }));
  });

  it('and says where and what', () => {
    expect(() => parseNpyHeader(npy("{'descr': '<i8', 'order': 1}"), 'a.npz>x.npy')).toThrow(
      /\[a\.npz>x\.npy\].*unexpected field \(byte 27\).*"'order': 1"/,
    );
  });
});

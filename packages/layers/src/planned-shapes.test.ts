// Cells whose shapes follow from their inputs tell them before there are weights: symbols of graphs have the right shapes.
import { input } from '@ostinato/core';
import { describe, expect, test } from 'vitest';
import { bidirectional, convLstm1d, convLstm2d, convLstm2dCell, rnn, stackedRNNCells } from './index.js';

const film = input({ shape: [5, 8, 7, 3] });

describe('symbols of layers that were not built', () => {
  test.each([
    ['same', true, [null, 5, 8, 7, 4]],
    ['valid', true, [null, 5, 6, 6, 4]],
    ['valid', false, [null, 6, 6, 4]],
  ] as const)('ConvLSTM2D, padding %s, returnSequences %s', (padding, returnSequences, expected) => {
    const layer = convLstm2d({ filters: 4, kernelSize: [3, 2], padding, returnSequences });
    expect(layer.apply(film).shape).toEqual(expected);
  });

  test('ConvLSTM1D in both directions, and its states', () => {
    const strip = input({ shape: [null, 9, 2] });
    const layer = convLstm1d({ filters: 3, kernelSize: 3, strides: 2, returnState: true });
    expect(layer.applyAll(strip).map(({ shape }) => shape)).toEqual(Array(3).fill([null, 4, 3]));
    const both = bidirectional({ layer: convLstm1d({ filters: 3, kernelSize: 3 }) });
    expect(both.apply(strip).shape).toEqual([null, 7, 6]);
  });

  test('a stack of such cells', () => {
    const cells = [2, 3].map((filters) => convLstm2dCell({ filters, kernelSize: 3 }));
    const layer = rnn({ cell: stackedRNNCells({ cells }), returnSequences: true });
    expect(layer.apply(film).shape).toEqual([null, 5, 4, 3, 3]);
  });

  test('steps that are no images of known size are refused', () => {
    const layer = convLstm2d({ filters: 4, kernelSize: 3 });
    expect(() => layer.apply(input({ shape: [5, null, 8, 3] }))).toThrow(
      /image of known size.*\(shape-mismatch\)/,
    );
    expect(() => layer.apply(input({ shape: [5, 3] }))).toThrow(/\(shape-mismatch\)/);
  });
});

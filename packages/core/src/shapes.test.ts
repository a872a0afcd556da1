import { describe, expect, it } from 'vitest';
import { checkShape, knownShape, shapeMatches, showShape, showTensor, sizeOf } from './shapes.js';

describe('writing shapes down', () => {
  it('is the same everywhere', () => {
    expect(showShape([])).toBe('[]');
    expect(showShape([32, null, 64])).toBe('[32, ?, 64]');
    expect(showTensor({ shape: [32, 80, 64], dtype: 'float32' })).toBe('f32[32, 80, 64]');
    expect(showTensor({ shape: [2], dtype: 'int32' })).toBe('i32[2]');
    expect(showTensor({ shape: [], dtype: 'bool' })).toBe('bool[]');
    expect(showTensor({ shape: [1], dtype: 'complex64' })).toBe('complex64[1]');
  });
});

describe('comparing shapes', () => {
  it.each([
    [[3, 5], [3, 5], true],
    [[3, 5], [null, 5], true],
    [[null, 5], [3, 5], true],
    [[3, 5], [3, 6], false],
    [[3, 5], [3, 5, 1], false],
    [[], [], true],
    [[], [null], false],
  ])('%j fits %j: %s', (actual, expected, fits) => {
    expect(shapeMatches(actual, expected)).toBe(fits);
  });

  it('says what was expected, in full', () => {
    const tensor = { shape: [32, 80, 64], dtype: 'float32' as const };
    expect(() => checkShape(tensor, [null, 80, 64], 'lstm')).not.toThrow();
    expect(() => checkShape(tensor, [null, null, 32], 'lstm')).toThrow(
      '[lstm] The shape of the input does not fit. Expected [?, ?, 32]; received f32[32, 80, 64]. (shape-mismatch)',
    );
    expect(() => checkShape(tensor, [null], 'lstm', 'the mask')).toThrow(
      'The shape of the mask does not fit',
    );
  });
});

describe('known sizes', () => {
  it('are multiplied', () => {
    expect(sizeOf([3, 4, 5], 'dense')).toBe(60);
    expect(sizeOf([], 'dense')).toBe(1);
    expect(sizeOf([3, 0], 'dense')).toBe(0);
    expect(knownShape([3, 4], 'dense')).toEqual([3, 4]);
  });

  it('are asked for where one is missing', () => {
    expect(() => sizeOf([3, null], 'flatten')).toThrow(
      '[flatten] A size that this needs is not known in [3, ?]. Give the layer before it a fixed size, e.g. `inputShape` with the number of steps. (shape-unknown)',
    );
  });
});

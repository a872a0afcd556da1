/** What the makers of initializers, regularizers, constraints and activations say of wrong options. */
import { describe, expect, it } from 'vitest';
import { celu, elu, gelu, leakyRelu, relu, tanh } from './activations.js';
import { maxNorm, minMaxNorm, unitNorm } from './constraints.js';
import { isOstinatoError } from './errors.js';
import {
  constant,
  heNormal,
  initializers,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
} from './initializers.js';
import { l1, l1l2, l2, orthogonalRegularizer, regularizers } from './regularizers.js';
import { createRng } from './rng.js';

type Make = (options?: never) => unknown;

function codeOf(make: Make, options: unknown): string {
  try {
    make(options as never);
  } catch (error) {
    if (isOstinatoError(error)) return error.code;
    throw error;
  }
  return 'nothing was thrown';
}

describe('wrong options', () => {
  it.each<[Make, unknown, string]>([
    [constant, { value: '1' }, 'config-value'],
    [orthogonal, { gain: Number.NaN }, 'config-gain'],
    [randomUniform, { minValue: Number.NEGATIVE_INFINITY }, 'config-min-value'],
    [randomUniform, { minValue: 1, maxValue: 0.5 }, 'config-max-value'],
    [randomNormal, { stddev: -1 }, 'config-stddev'],
    [truncatedNormal, { stddev: null }, 'config-stddev'],
    [varianceScaling, { scale: 0 }, 'config-scale'],
    [varianceScaling, { mode: 'fan_in' }, 'config-mode'],
    [varianceScaling, { distribution: 'normal' }, 'config-distribution'],
    [heNormal, { scale: 2 }, 'config-unknown'],
    [l1, { l1: -0.1 }, 'config-l1'],
    [l2, { l2: Number.POSITIVE_INFINITY }, 'config-l2'],
    [l2, 0.01, 'config-type'],
    [l1l2, { l2: '0.1' }, 'config-l2'],
    [orthogonalRegularizer, { factor: -1 }, 'config-factor'],
    [orthogonalRegularizer, { mode: 'row' }, 'config-mode'],
    [maxNorm, { maxValue: -2 }, 'config-max-value'],
    [maxNorm, { axis: 0.5 }, 'config-axis'],
    [unitNorm, { axis: [] }, 'config-axis'],
    [unitNorm, { axis: [0, 0] }, 'config-axis'],
    [minMaxNorm, { minValue: -1 }, 'config-min-value'],
    [minMaxNorm, { minValue: 2 }, 'config-max-value'],
    [minMaxNorm, { rate: 1.5 }, 'config-rate'],
    [relu, { maxValue: -6 }, 'config-max-value'],
    [relu, { threshold: Number.NaN }, 'config-threshold'],
    [leakyRelu, { negativeSlop: 0.1 }, 'config-unknown'],
    [elu, { alpha: null }, 'config-alpha'],
    [celu, { alpha: 0 }, 'config-alpha'],
    [gelu, { approximate: 'tanh' }, 'config-approximate'],
    [tanh, { slope: 1 }, 'config-unknown'],
  ])('%o of %o: %s', (make, options, code) => {
    expect(codeOf(make, options)).toBe(code);
  });

  it('says which names an option may have', () => {
    expect(() => varianceScaling({ mode: 'fan_in' as never })).toThrow(
      "[varianceScaling] `mode` has a value it cannot have. Expected one of 'fanIn', 'fanOut', 'fanAvg'; received 'fan_in'. (config-mode)",
    );
    expect(() => orthogonalRegularizer({ mode: 'row' as never })).toThrow("one of 'rows', 'columns'");
  });

  it('says that there are no options', () => {
    expect(() => heNormal({ scale: 2 } as never)).toThrow(
      "[heNormal] No option is called 'scale'. Expected no options; received 'scale'. (config-unknown)",
    );
  });

  it('is found in JSON too', () => {
    const read = () => regularizers.resolve({ name: 'l2', config: { l2: '0.1' } }, 'test');
    expect(read).toThrow(
      "[l2] `l2` has a value it cannot have. Expected a finite number of at least 0; received '0.1'. (config-l2)",
    );
    expect(() => initializers.resolve({ name: 'constant', config: [] }, 'test')).toThrow('(config-type)');
  });
});

describe('an option that is undefined', () => {
  it('has its default', () => {
    const options = { gain: undefined } as never;
    expect(orthogonal(options).config).toEqual({});
    expect([...orthogonal(options).apply([2, 2], createRng(1))]).not.toContain(Number.NaN);
    expect(l1l2({ l1: 0.5, l2: undefined } as never).config).toEqual({ l1: 0.5, l2: 0 });
    expect(maxNorm({ maxValue: undefined } as never).config).toEqual({ maxValue: 2, axis: 0 });
    expect(relu({ maxValue: undefined } as never).config).toEqual({});
  });
});

it('bounds themselves are taken', () => {
  expect(l1l2({ l1: 0, l2: 0 }).config).toEqual({ l1: 0, l2: 0 });
  expect(relu({ maxValue: 0 }).config).toEqual({ maxValue: 0 });
  expect(relu({ maxValue: null }).config).toEqual({});
  expect(minMaxNorm({ minValue: 1, maxValue: 1, rate: 0, axis: [0, -1] }).config.rate).toBe(0);
  expect([...randomNormal({ stddev: 0, mean: 3 }).apply([2], createRng(1))]).toEqual([3, 3]);
});

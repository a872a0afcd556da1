import { describe, expect, it } from 'vitest';
import { checkBoolean, checkCount, checkFields, checkProbability, checkSize } from './option-checks.js';

describe('checkSize', () => {
  it.each([1, 32, 2 ** 40])('takes %d', (value) =>
    expect(() => checkSize('x', 'units', value)).not.toThrow(),
  );

  it.each<[unknown, string]>([
    [0, '0'],
    [-2, '-2'],
    [2.5, '2.5'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    ['32', "'32'"],
    [undefined, 'undefined'],
    [2 ** 53, '9007199254740992'],
  ])('refuses %o', (value, shown) => {
    expect(() => checkSize('@ostinato/layers>LSTM', 'units', value)).toThrow(
      `[@ostinato/layers>LSTM] \`units\` is not a size. Expected a positive integer; received ${shown}. (config-units)`,
    );
  });

  it('has a code of the name in kebab-case', () => {
    expect(() => checkSize('x', 'inputDim', 0)).toThrow('(config-input-dim)');
  });
});

describe('checkCount', () => {
  it.each([0, 3])('takes %d', (value) => expect(() => checkCount('x', 'numConstants', value)).not.toThrow());

  it.each([-1, 0.5, '1', null])('refuses %o', (value) => {
    expect(() => checkCount('x', 'numConstants', value)).toThrow('(config-num-constants)');
  });
});

describe('checkProbability', () => {
  it.each([0, 0.5, 1 - 1e-9])('takes %d', (value) =>
    expect(() => checkProbability('x', 'dropout', value)).not.toThrow(),
  );

  it.each([1, -0.1, Number.NaN, '0.5', undefined])('refuses %o', (value) => {
    expect(() => checkProbability('x', 'recurrentDropout', value)).toThrow(
      /^\[x\] `recurrentDropout` is not a probability\. Expected a number in \[0, 1\); received .* \(config-recurrent-dropout\)$/,
    );
  });
});

describe('checkBoolean', () => {
  it('takes true and false alone', () => {
    expect(() => checkBoolean('x', 'stateful', false)).not.toThrow();
    expect(() => checkBoolean('x', 'stateful', 1)).toThrow(
      '[x] `stateful` is not a switch. Expected true or false; received 1. (config-stateful)',
    );
  });
});

describe('checkFields', () => {
  it('finds the option that was meant', () => {
    expect(() => checkFields('lstm', { units: 3 }, ['units', 'activation'])).not.toThrow();
    expect(() => checkFields('lstm', { unit: 3 }, ['units', 'activation'])).toThrow(
      "[lstm] No option is called 'unit'. Expected one of units, activation; received 'unit'. Did you mean 'units'? (config-unknown)",
    );
  });

  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [7, '7'],
    [['units'], '["units"]'],
  ])('refuses %o in place of options', (options, shown) => {
    expect(() => checkFields('lstm', options, ['units'])).toThrow(
      `[lstm] The options are missing or of another type. Expected an object with options; received ${shown}. (config-type)`,
    );
  });
});

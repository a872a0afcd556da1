import { describe, expect, it } from 'vitest';
import { isOstinatoError, nearest, OstinatoError, show, unknownName } from './errors.js';

const message = (details: Partial<ConstructorParameters<typeof OstinatoError>[1]>): string =>
  new OstinatoError('some-code', { where: 'place', what: 'It broke', ...details }).message;

describe('OstinatoError', () => {
  it('reads as its examples in the style guide', () => {
    const error = new OstinatoError('config-units', {
      where: '@ostinato/layers>LSTM',
      what: '`units` is not a size',
      expected: 'a positive integer',
      received: '-2',
    });
    expect(error.message).toBe(
      '[@ostinato/layers>LSTM] `units` is not a size. Expected a positive integer; received -2. (config-units)',
    );
    expect(error).toMatchObject({
      name: 'OstinatoError',
      code: 'config-units',
      where: '@ostinato/layers>LSTM',
    });
  });

  it.each([
    [{}, '[place] It broke. (some-code)'],
    [{ expected: 'a cat' }, '[place] It broke. Expected a cat. (some-code)'],
    [{ received: 'a dog' }, '[place] It broke. Received a dog. (some-code)'],
    [{ fix: 'Feed it' }, '[place] It broke. Feed it. (some-code)'],
    [{ what: 'Why?', fix: 'Ask.' }, '[place] Why? Ask. (some-code)'],
    [
      { expected: 'a cat', received: 'a dog', fix: 'Feed it' },
      '[place] It broke. Expected a cat; received a dog. Feed it. (some-code)',
    ],
  ])('composes %j', (details, wanted) => {
    expect(message(details)).toBe(wanted);
  });

  it('keeps the original error as its cause, and has none without one', () => {
    const cause = new TypeError('underneath');
    expect(new OstinatoError('x', { where: 'y', what: 'z', cause }).cause).toBe(cause);
    expect('cause' in new OstinatoError('x', { where: 'y', what: 'z' })).toBe(false);
  });
});

describe('isOstinatoError', () => {
  const error = new OstinatoError('some-code', { where: 'place', what: 'It broke' });

  it('knows the class and, if asked, the code', () => {
    expect(isOstinatoError(error)).toBe(true);
    expect(isOstinatoError(error, 'some-code')).toBe(true);
    expect(isOstinatoError(error, 'other-code')).toBe(false);
    expect(isOstinatoError(new Error('no'))).toBe(false);
    expect(isOstinatoError('no')).toBe(false);
  });

  it('knows errors of another copy of this package', () => {
    const foreign = Object.assign(new Error('[place] It broke. (some-code)'), {
      name: 'OstinatoError',
      code: 'some-code',
    });
    expect(isOstinatoError(foreign, 'some-code')).toBe(true);
  });
});

describe('show', () => {
  class Thing {}
  const circular: Record<string, unknown> = {};
  circular.self = circular;

  it.each<[unknown, string]>([
    ['text', "'text'"],
    [-2, '-2'],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [12n, '12'],
    [Symbol('s'), 'Symbol(s)'],
    [[1, 'a', null], '[1,"a",null]'],
    [{ units: 3 }, '{"units":3}'],
    [new Float32Array(3), 'Float32Array(3)'],
    [new DataView(new ArrayBuffer(5)), 'DataView(5)'],
    [function tanh() {}, "a function 'tanh'"],
    [(() => () => {})(), 'a function'],
    [circular, '[object Object]'],
    [new Thing(), '{}'],
  ])('%o is shown as %s', (value, wanted) => {
    expect(show(value)).toBe(wanted);
  });

  it('cuts what is long, on one line', () => {
    const shown = show('x'.repeat(500));
    expect(shown).toHaveLength(120);
    expect(shown.endsWith('...')).toBe(true);
  });
});

describe('nearest', () => {
  const known = ['glorotUniform', 'heNormal', 'zeros', '@ostinato/layers>LSTM'];

  it.each([
    ['glorot_uniform', 'glorotUniform'],
    ['GlorotUniforn', 'glorotUniform'],
    ['zeroes', 'zeros'],
    ['@ostinato/layers>Lstm', '@ostinato/layers>LSTM'],
    ['henormal', 'heNormal'],
  ])('%s is a slip of the pen for %s', (name, wanted) => {
    expect(nearest(name, known)).toBe(wanted);
  });

  it.each(['bananas', 'q', ''])('%j is no slip of the pen', (name) => {
    expect(nearest(name, known)).toBeUndefined();
  });

  it('prefers the nearer of two', () => {
    expect(nearest('relu', ['relu6', 'relu'])).toBe('relu');
    expect(nearest('rel', ['relu6', 'relu'])).toBe('relu');
  });
});

describe('unknownName', () => {
  it('lists names of a file at a bounded length', () => {
    const known = ['x'.repeat(5_000_000), ...Array.from({ length: 5000 }, (_, i) => `column${i}`)];
    const error = unknownName('csv-column', { where: 'x', kind: 'column', name: 'a', known });
    expect(error.message).toMatch(/one of x{77}\.\.\., column0,.*column98 and 4901 more; received 'a'/);
  });

  it.each([
    [{ toString: 1 }, 'received {"toString":1}'],
    [7, 'received 7'],
    [null, 'received null'],
  ])('takes what is no name at all: %j', (name, message) => {
    const error = unknownName('config-fused', { where: 'x', kind: 'policy', name, known: ['auto', 'off'] });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain('Did you mean');
  });

  it('says what is known, what was received and what was probably meant', () => {
    const error = unknownName('activation-unknown', {
      where: 'dense',
      kind: 'activation',
      name: 'tahn',
      known: ['relu', 'tanh'],
      fix: 'Or add a plugin',
    });
    expect(error.message).toBe(
      "[dense] No activation is called 'tahn'. Expected one of relu, tanh; received 'tahn'. Did you mean 'tanh'? Or add a plugin. (activation-unknown)",
    );
  });

  it('says when nothing is known', () => {
    const error = unknownName('loss-unknown', { where: 'compile', kind: 'loss', name: 'mse', known: [] });
    expect(error.message).toBe(
      "[compile] No loss is called 'mse'. Expected a loss that a plugin defines (there is none); received 'mse'. (loss-unknown)",
    );
  });
});

import { readFileSync } from 'node:fs';
import { OstinatoError } from '@ostinato/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseArguments } from './parse-arguments.js';
import { isUsageError } from './usage-error.js';

/** The error of wrong arguments: its code and what it says. */
function failure(...argv: string[]): { code: string; message: string } {
  try {
    parseArguments(argv);
  } catch (error) {
    expect(error).toBeInstanceOf(OstinatoError);
    expect(isUsageError(error)).toBe(true);
    return error as OstinatoError;
  }
  throw new Error(`'${argv.join(' ')}' was accepted`);
}

afterEach(() => vi.unstubAllEnvs());

describe('started by `npm start`', () => {
  it('says so in the help, in line, and in errors', () => {
    const help = (): string => (parseArguments(['train', '--help']) as { text: string }).text;
    const own = help();
    vi.stubEnv('npm_lifecycle_event', 'start');
    const text = help();
    expect(text).toContain('Usage: npm start -- train [options]');
    expect(text).toContain('$ npm start -- train --json out.json ');
    expect(text).not.toContain('ostinato-imdb');
    const column = (all: string) =>
      all
        .split('\n')
        .find((line) => line.includes('every figure'))!
        .indexOf('every');
    expect(column(text)).toBe(column(own));
    expect(failure('evaluate', '--epochs', '3').message).toMatch(/^\[npm start -- evaluate\]/);
    expect(failure('what a film').message).toContain("npm start -- predict 'the review");
  });
});

const recipe = {
  model: 'simple-rnn',
  epochs: 10,
  units: 32,
  embedding: 32,
  maxLen: 500,
  numWords: 10_000,
  batchSize: 64,
  validationSplit: 0.2,
  seed: 42,
  bucket: false,
  backend: 'wasm',
  fused: 'auto',
  threads: 'auto',
  offline: false,
  quiet: false,
  verbose: false,
};

describe('what is asked for', () => {
  it('trains the whole recipe when nothing is said, and when only options are', () => {
    const training = { ...recipe, checkpointEvery: { seconds: 60 }, given: [] };
    expect(parseArguments([])).toEqual({ command: 'train', options: training });
    expect(parseArguments(['train'])).toEqual({ command: 'train', options: training });
    expect(parseArguments(['--epochs', '3'])).toEqual({
      command: 'train',
      options: { ...training, epochs: 3, given: ['epochs'] },
    });
  });

  it('goes on with a run, and makes checkpoints as often as it is told', () => {
    expect(parseArguments(['train', '--resume', 'runs/a', '--checkpoint-every', '200'])).toMatchObject({
      command: 'train',
      options: { resume: 'runs/a', checkpointEvery: { batches: 200 }, given: ['checkpointEvery', 'resume'] },
    });
    expect(parseArguments(['--checkpoint-every', '5s'])).toMatchObject({
      options: { checkpointEvery: { seconds: 5 } },
    });
    for (const bad of ['0', '5m', '-1', '']) {
      expect(() => parseArguments(['--checkpoint-every', bad])).toThrow(/batches such as 200.*usage-/);
    }
    expect(() => parseArguments(['--resume', 'a', '--out', 'b'])).toThrow(/usage-conflicting-option/);
  });

  it('takes every option of train', () => {
    const argv = [
      ...['--model', 'gru', '--epochs', '2', '--units', '7', '--embedding', '5', '--max-len', '80'],
      ...['--num-words', '5000', '--batch-size', '16', '--validation-split', '0', '--seed', '0', '--bucket'],
      ...[
        '--backend',
        'cpu',
        '--fused',
        'off',
        '--threads',
        '3',
        '--data',
        'a.npz',
        '--sha256',
        'AB'.repeat(32),
      ],
      ...['--word-index', 'w.json', '--out', 'here', '--json', 'o.json', '--quiet', '--offline', '--verbose'],
      ...['--checkpoint-every', '90s'],
    ];
    expect(parseArguments(argv)).toEqual({
      command: 'train',
      options: {
        model: 'gru',
        epochs: 2,
        units: 7,
        embedding: 5,
        maxLen: 80,
        numWords: 5000,
        batchSize: 16,
        validationSplit: 0,
        seed: 0,
        bucket: true,
        backend: 'cpu',
        fused: 'off',
        threads: 3,
        data: 'a.npz',
        sha256: 'ab'.repeat(32),
        wordIndex: 'w.json',
        out: 'here',
        json: 'o.json',
        quiet: true,
        offline: true,
        verbose: true,
        checkpointEvery: { seconds: 90 },
        given: expect.arrayContaining(['model', 'data', 'checkpointEvery', 'bucket']),
      },
    });
  });

  it('compares all networks, or those that are named, in that order', () => {
    const { model: _, ...common } = recipe;
    const all = ['simple-rnn', 'lstm', 'gru', 'bi-lstm'];
    expect(parseArguments(['compare'])).toEqual({ command: 'compare', options: { ...common, models: all } });
    expect(parseArguments(['compare', '--models', 'gru, lstm', '--bucket', '--epochs', '2'])).toMatchObject({
      command: 'compare',
      options: { models: ['gru', 'lstm'], bucket: true, epochs: 2 },
    });
  });

  it('reads evaluate and predict, with reviews in their order', () => {
    expect(parseArguments(['evaluate', '--run', 'runs/a'])).toMatchObject({
      command: 'evaluate',
      options: { run: 'runs/a', batchSize: 256, backend: 'wasm' },
    });
    expect(parseArguments(['predict', 'so good', '--quiet', '-', 'b.txt'])).toMatchObject({
      command: 'predict',
      options: { quiet: true },
      reviews: ['so good', '-', 'b.txt'],
    });
  });
});

it('--version is that of package.json', () => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(version).toMatch(/^\d+\.\d+\.\d+/);
  expect(parseArguments(['--version'])).toEqual({ command: 'print', text: `${version}\n` });
});

describe('help', () => {
  it.each([
    [[], ['train', 'evaluate', 'predict', 'Examples:']],
    [
      ['train'],
      ['--model <kind>', '--max-len <n>', '(default: 500)', '$OSTINATO_IMDB', 'Examples:', 'Ctrl-C'],
    ],
    [
      ['compare'],
      [
        '--models <list>',
        'simple-rnn, lstm, gru, bi-lstm',
        '--bucket',
        '--threads <n>',
        'Examples:',
        'Ctrl-C',
      ],
    ],
    [['evaluate'], ['--run <folder>', '--model-file <file>', 'Examples:']],
    [['predict'], ['[review...]', 'standard input', 'Examples:']],
  ])('of %j names options and gives examples', (command, wanted) => {
    const request = parseArguments([...command, '--help']);
    expect(request.command).toBe('print');
    for (const text of wanted) expect((request as { text: string }).text).toContain(text);
    expect(parseArguments(['help', ...command])).toEqual(request);
  });
});

describe('wrong arguments', () => {
  it('names the nearest option', () => {
    expect(failure('--epoch', '3')).toMatchObject({
      code: 'usage-unknown-option',
      message: expect.stringContaining("Unknown option '--epoch'. Did you mean --epochs?"),
    });
    expect(failure('predict', '--word-indx', 'x').message).toContain('Did you mean --word-index?');
  });

  it('names the nearest command, and says how to judge a review', () => {
    expect(failure('trian')).toMatchObject({
      code: 'usage-word',
      message: expect.stringContaining("Did you mean 'train'?"),
    });
    expect(failure('what a film').message).toContain('ostinato-imdb predict');
    expect(failure('train', 'evaluate').code).toBe('usage-word');
  });

  it.each([
    ['--epochs', '0', 'a whole number from 1 to 100000'],
    ['--epochs', '2.5', 'a whole number'],
    ['--epochs', 'ten', 'a whole number'],
    ['--epochs', '1e3', 'a whole number'],
    ['--units', '-3', 'a whole number from 1'],
    ['--max-len', '0', 'a whole number from 1'],
    ['--num-words', '4', 'a whole number from 5'],
    ['--seed', '-1', 'a whole number of at least 0'],
    ['--seed', '9007199254740993', 'a whole number of at least 0'],
    ['--validation-split', '1', 'a number from 0 up to, but not including, 1'],
    ['--validation-split', 'half', 'a number from 0'],
    ['--model', 'transformer', 'simple-rnn, lstm, gru, bi-lstm'],
    ['--backend', 'webgl', 'wasm, cpu'],
    ['--fused', 'maybe', 'auto, required, off'],
    ['--threads', '0', "'auto' or a whole number from 1 to 256"],
    ['--threads', '257', 'from 1 to 256'],
    ['--threads', '1.5', 'a whole number'],
    ['--threads', 'two', "'auto' or a whole number"],
    ['--sha256', 'abc', '64 hexadecimal digits'],
    ['--out', '', 'a path'],
  ])('%s %s: says what is allowed', (option, value, allowed) => {
    const { code, message } = failure(option, value);
    expect(code).toBe('usage-invalid-argument');
    expect(message).toContain(`${option} `);
    expect(message).toContain(`'${value}'`);
    expect(message).toContain(allowed);
  });

  it('says when a value is missing or two options exclude each other', () => {
    expect(failure('--epochs').code).toBe('usage-option-missing-argument');
    expect(failure('evaluate', '--run', 'a', '--model-file', 'b').code).toBe('usage-conflicting-option');
  });

  it.each(['transformer', '', 'lstm,', 'lstm,lstm'])(
    "compare --models '%s': says what is allowed",
    (list) => {
      const { code, message } = failure('compare', '--models', list);
      expect(code).toBe('usage-invalid-argument');
      expect(message).toContain('some of simple-rnn, lstm, gru, bi-lstm, each once');
      expect(failure('compare', '--model', 'gru').message).toContain('Did you mean --models?');
    },
  );

  it('names the command that was asked', () => {
    expect(failure('evaluate', '--epochs', '3').message).toMatch(/^\[ostinato-imdb evaluate\]/);
  });
});

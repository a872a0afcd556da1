import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ComparisonFigures } from './comparison-figures.js';
import type { RunFigures } from './run-figures.js';
import { type Outcome, runMain } from './test-support/run-main.js';
import { tinyCounts } from './test-support/tiny-imdb.js';
import { smallNetwork, tinyPlace } from './test-support/tiny-place.js';

const place = tinyPlace();
const args = (...more: string[]): string[] => ['--data', place.data, ...smallNetwork, ...more];
const compare = (...more: string[]): Promise<Outcome> => runMain(['compare', ...args(...more)]);
const figuresIn = (file: string): Promise<ComparisonFigures> => place.json(file);

describe('a comparison of all four networks', () => {
  let outcome: Outcome;
  let figures: ComparisonFigures;

  beforeAll(async () => {
    outcome = await compare('--seed', '5', '--threads', '2', '--json', 'compare-5.json');
    figures = await figuresIn('compare-5.json');
  });

  it('says what it will do and how long it will take', () => {
    const { code, stderr, stdout, lines } = outcome;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines.slice(1, 3)).toEqual([
      'Comparing simple-rnn, lstm, gru and bi-lstm with seed 5, one after the other. Each:',
      '2 epochs of 18 reviews, each checked on 5 others, then a test on 17 reviews.',
    ]);
    expect(stdout).toContain('Threads  2\nResults  runs/imdb-compare-seed5\n');
    expect(stdout).toMatch(/^lstm {8}about \S+ s \(\d+ ms a batch; kernels fused\)$/m);
    expect(stdout).toMatch(/^About \S+ s in all/m);
    expect(stdout).toMatch(/^lstm \(2 of 4\), about \S+ s; \S+ s for all that is left$/m);
    expect(stdout).toMatch(/^bi-lstm \(4 of 4\), about \S+ s$/m);
  });

  it('prints the figures side by side', () => {
    const table = outcome.lines.slice(-6, -1);
    expect(table[0]).toMatch(
      /^network +best val accuracy +in epoch +test accuracy +test loss +an epoch +in all/,
    );
    for (const [i, one] of figures.models.entries()) {
      const cells = table[i + 1]!.split(/ {2,}/);
      expect(cells.slice(0, 5)).toEqual([
        one.model,
        one.best!.valAccuracy.toFixed(4),
        String(one.best!.epoch),
        one.test!.accuracy.toFixed(4),
        one.test!.loss.toFixed(4),
      ]);
      expect(cells.at(-1)).toBe(String(one.params));
    }
    const highest = Math.max(...figures.models.map(({ test }) => test!.accuracy));
    expect(outcome.lines.at(-1)).toMatch(/^Best on the test reviews: .*, 0\.\d{4}$/);
    expect(outcome.lines.at(-1)).toContain(highest.toFixed(4));
  });

  it('writes every figure', () => {
    const positive = expect.toSatisfy((value: number) => value > 0);
    expect(figures).toMatchObject({
      data: { ...tinyCounts, kind: 'file' },
      seed: 5,
      backend: 'wasm',
      threads: 2,
      bucketed: false,
      settings: { units: 3, embedding: 4, maxLen: 8, epochs: 2, batches: 'padded to one length' },
      seconds: { load: positive, total: positive },
      peakRssMB: positive,
      ended: 'finished',
    });
    const [x, h] = [4, 3];
    const lstm = 4 * (x * h + h * h + h);
    const rest = 60 * x + 1;
    expect(figures.models.map(({ model, params }) => [model, params])).toEqual([
      ['simple-rnn', rest + x * h + h * h + h + h],
      ['lstm', rest + lstm + h],
      ['gru', rest + 3 * (x * h + h * h + 2 * h) + h],
      ['bi-lstm', rest + 2 * lstm + 2 * h],
    ]);
    for (const one of figures.models) {
      expect(one).toMatchObject({
        kernels: 'fused',
        ended: 'finished',
        epochs: [{ epoch: 1 }, { epoch: 2 }],
      });
      expect(one.seconds).toEqual({
        perEpoch: positive,
        train: positive,
        evaluate: positive,
        total: positive,
      });
    }
  });

  it('trains each network exactly as train does under that seed', async () => {
    for (const { model, weightsSha256, test } of figures.models) {
      await runMain(['train', ...args('--seed', '5', '--model', model, '--json', 'alone.json', '--quiet')]);
      expect(await place.json<RunFigures>('alone.json')).toMatchObject({ weightsSha256, test });
    }
  });

  it('keeps a page, the figures, and a run of each, which can be tested again', async () => {
    const folder = join(place.path, 'runs/imdb-compare-seed5');
    expect((await readdir(folder)).sort()).toEqual([
      'bi-lstm',
      'compare.html',
      'compare.json',
      'gru',
      'lstm',
      'simple-rnn',
    ]);
    expect(await figuresIn('runs/imdb-compare-seed5/compare.json')).toEqual(figures);
    const again = await runMain(['evaluate', '--run', join(folder, 'bi-lstm')]);
    expect(again.stdout).toContain('The same figures as at the end of its run.');
  });
});

it('compares those that are named, by length, and prints the table alone when quiet', async () => {
  const { code, lines } = await compare('--models', 'gru,lstm', '--bucket', '--quiet', '--out', 'two');
  expect(code).toBe(0);
  expect(lines.map((line) => line.split(' ')[0])).toEqual(['network', 'gru', 'lstm', 'Best']);
  const { models, bucketed } = await figuresIn('two/compare.json');
  expect(models.map(({ model }) => model)).toEqual(['gru', 'lstm']);
  expect(bucketed).toBe(true);
  expect(await readFile(join(place.path, 'two/compare.html'), 'utf8')).toContain('their padding masked');
});

it('does without validation', async () => {
  const { code, stdout } = await compare('--models', 'gru', '--validation-split', '0', '--out', 'unchecked');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^gru +– +– +[01]\.\d{4} /m);
  expect(await readFile(join(place.path, 'unchecked/compare.html'), 'utf8')).toContain('Training accuracy');
});

it('says that the sample is not IMDB, beside the table and on the page', async () => {
  const argv = ['--offline', '--max-len', '6', '--batch-size', '2000', '--epochs', '1', '--units', '3'];
  const { code, lines } = await runMain([
    'compare',
    ...argv,
    '--models',
    'gru',
    '--quiet',
    '--out',
    'sample',
  ]);
  expect(code).toBe(0);
  expect(lines.slice(0, 3).join('\n')).toContain('This is not IMDB');
  expect(lines.at(-4)).toMatch(/^This is not IMDB/);
  expect(await readFile(join(place.path, 'sample/compare.html'), 'utf8')).toContain(
    'class="notice">This is not IMDB',
  );
});

describe('Ctrl-C', () => {
  const pressAt = (pattern: RegExp, ...more: string[]): Promise<Outcome> => {
    let seen = '';
    let pressed = false;
    return runMain(['compare', ...args(...more)], '', {}, (text) => {
      seen += text;
      if (pressed || !pattern.test(seen)) return;
      pressed = true;
      process.emit('SIGINT', 'SIGINT');
    });
  };

  it('in the second network saves both and ends with 130', async () => {
    const { code, stderr, stdout } = await pressAt(/lstm \(2 of 4\).*Epoch 1\/2/s, '--out', 'stopped');
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted in lstm (2 of 4), after 1 of 2 epochs; what there is is saved.');
    expect(stdout).not.toContain('gru (3 of 4)');
    const { models, ended } = await figuresIn('stopped/compare.json');
    expect(ended).toBe('interrupted');
    expect(models).toMatchObject([
      { model: 'simple-rnn', ended: 'finished', test: { accuracy: expect.any(Number) } },
      { model: 'lstm', ended: 'interrupted', test: null, epochs: [{ epoch: 1 }] },
    ]);
    expect(await readFile(join(place.path, 'stopped/compare.html'), 'utf8')).toContain('was interrupted');
    expect((await readdir(join(place.path, 'stopped/lstm'))).sort()).toContain('model.safetensors');
  });

  it('between two networks begins no other', async () => {
    const { code, stdout } = await pressAt(/Model, history and report/, '--out', 'between');
    expect(code).toBe(130);
    expect(stdout).not.toContain('lstm (2 of 4)');
    const { models, ended } = await figuresIn('between/compare.json');
    expect(ended).toBe('interrupted');
    expect(models).toMatchObject([{ model: 'simple-rnn', ended: 'finished' }]);
    expect((await readdir(join(place.path, 'between'))).sort()).toEqual([
      'compare.html',
      'compare.json',
      'simple-rnn',
    ]);
  });

  it('before the first network leaves nothing behind', async () => {
    const { code, stderr } = await pressAt(/Timing a few batches/, '--out', 'early');
    expect(code).toBe(130);
    expect(stderr).toContain('there is nothing to save');
    expect(await readdir(place.path)).not.toContain('early');
  });
});

describe('what goes wrong is told before anything is trained', () => {
  it('a run of one of the networks in the folder', async () => {
    await runMain(['train', ...args('--model', 'gru', '--out', 'mixed/gru', '--quiet')]);
    const { code, stderr, stdout } = await compare('--models', 'lstm,gru', '--out', 'mixed');
    expect({ code, stderr, stdout }).toEqual({
      code: 1,
      stderr: expect.stringContaining('(out-taken)'),
      stdout: '',
    });
    expect(await readdir(join(place.path, 'mixed'))).toEqual(['gru']);
  });

  it.each([
    ['a folder with a comparison', ['--out', 'two'], 'out-taken'],
    ['no such file', ['--data', 'none.npz'], 'file-not-found'],
    ['a --json in no folder', ['--json', 'none/out.json', '--out', 'wrong'], 'file-unwritable'],
    ['a split that leaves nothing', ['--validation-split', '0.99', '--out', 'wrong'], 'validation-split'],
    ['the same by length', ['--validation-split', '0.99', '--bucket', '--out', 'wrong'], 'validation-split'],
  ])('%s', async (_, argv, code) => {
    const paths = argv.map((word) => (/\.(npz|json)/.test(word) ? join(place.path, word) : word));
    const outcome = await compare(...paths);
    expect(outcome.code).toBe(1);
    expect(outcome.stderr).toContain(`(${code})`);
    expect(outcome.stdout).not.toMatch(/^Epoch/m);
    expect(await readdir(place.path)).not.toContain('wrong');
  });
});

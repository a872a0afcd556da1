import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RunFigures } from './run-figures.js';
import { runMain } from './test-support/run-main.js';
import { tinyCounts, tinyImdb, writeTinyImdb } from './test-support/tiny-imdb.js';

const KERAS_SHA256 = '69664113be75683a8fe16e3ed0ab59fda8886cb3cd7ada244f7d9544e4676b9f';

let place: string;
let data: string;

beforeAll(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'ostinato-imdb-')));
  data = await writeTinyImdb(place);
  vi.spyOn(process, 'cwd').mockReturnValue(place);
  vi.stubEnv('OSTINATO_CACHE', join(place, 'cache'));
  vi.stubEnv('OSTINATO_IMDB', '');
});

afterAll(async () => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  await rm(place, { recursive: true });
});

const small = ['--offline', '--max-len', '8', '--num-words', '60', '--units', '3', '--embedding', '4'];
const train = (...more: string[]) => runMain(['train', '--data', data, ...small, '--epochs', '2', ...more]);

async function json<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(join(place, file), 'utf8')) as T;
}

it('trains on reviews of one word without fused kernels', async () => {
  const { code, stderr } = await train('--max-len', '1', '--fused', 'off', '--out', 'one-word');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
});

it.skipIf(process.platform !== 'linux')('ends with 1 where no run folder can be made', async () => {
  const { code, stderr } = await train('--out', '/proc/x');
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('(out-unwritable)') });
});

describe('train, then evaluate and predict', () => {
  it('trains, keeps the run, writes every figure, and ends with the accuracy', async () => {
    const { code, lines, stdout, stderr } = await train(
      '--seed',
      '5',
      '--threads',
      '2',
      '--json',
      'out.json',
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(lines[1]).toBe(
      'Training simple-rnn with seed 5: 2 epochs of 18 reviews, each checked on 5 others, then a test on 17 reviews.',
    );
    expect(stdout).toContain('imdb.npz (file imdb.npz)');
    expect(stdout).toMatch(/SHA-256 [0-9a-f]{64}\n/);
    expect(stdout).toMatch(/Backend {2}wasm \(SIMD\)\nThreads {2}2\nKernels {2}fused: .*simpleRNN\.sequence/);
    expect(stdout).toMatch(/Total params: 268 /);
    expect(
      stdout.match(/^Epoch \d\/2 .* loss 0\.\d{4} {2}accuracy \d\.\d{4} {2}val loss .* val accuracy /gm),
    ).toHaveLength(2);
    expect(lines.at(-1)).toMatch(/^Test Accuracy: [01]\.\d{4}$/);
    expect((await readdir(join(place, 'runs/imdb-simple-rnn-seed5'))).sort()).toEqual([
      'history.json',
      'model.safetensors',
      'report.html',
      'run.json',
      'training.json',
      'word_index.json',
    ]);

    const figures = await json<RunFigures>('out.json');
    const sha256 = createHash('sha256').update(tinyImdb()).digest('hex');
    const share = expect.toSatisfy((value: number) => value >= 0 && value <= 1);
    const positive = expect.toSatisfy((value: number) => value > 0);
    const epoch = {
      seconds: positive,
      loss: positive,
      accuracy: share,
      valLoss: positive,
      valAccuracy: share,
    };
    expect(figures).toEqual({
      data: { name: 'imdb.npz', sha256, ...tinyCounts, kind: 'file', note: expect.any(String) },
      model: 'simple-rnn',
      params: 60 * 4 + 4 * 3 + 3 * 3 + 3 + 3 + 1,
      seed: 5,
      backend: 'wasm',
      threads: 2,
      kernels: 'fused',
      kernelsReason: expect.stringContaining('optimizer.adam'),
      bucketed: false,
      settings: expect.objectContaining({
        batches: 'padded to one length',
        units: 3,
        embedding: 4,
        maxLen: 8,
        numWords: 60,
        batchSize: 64,
        epochs: 2,
      }),
      epochs: [1, 2].map((number) => ({ epoch: number, ...epoch })),
      test: { loss: positive, accuracy: share },
      seconds: { load: positive, train: positive, evaluate: positive, total: positive },
      peakRssMB: positive,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      ended: 'finished',
    });
    expect(lines.at(-1)).toBe(`Test Accuracy: ${figures.test!.accuracy.toFixed(4)}`);
    const { epochs, test } = figures;
    expect(await json('runs/imdb-simple-rnn-seed5/history.json')).toMatchObject({
      epochs,
      test,
      ended: 'finished',
    });
    const report = await readFile(join(place, 'runs/imdb-simple-rnn-seed5/report.html'), 'utf8');
    expect(report).toContain(test!.accuracy.toFixed(4));
    expect(report).toMatch(/word\d/);
  });

  it('gives the same weights for the same seed, and others for another', async () => {
    const digests = [];
    for (const seed of ['5', '5', '6']) {
      await train('--seed', seed, '--json', 'again.json', '--quiet');
      digests.push((await json<RunFigures>('again.json')).weightsSha256);
    }
    expect(digests[0]).toBe((await json<RunFigures>('out.json')).weightsSha256);
    expect(digests[1]).toBe(digests[0]);
    expect(digests[2]).not.toBe(digests[0]);
  });

  it('evaluate repeats the test of its run, from the run alone', async () => {
    const { code, stdout, lines } = await runMain([
      'evaluate',
      '--run',
      'runs/imdb-simple-rnn-seed5',
      '--json',
      'e.json',
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('The same figures as at the end of its run.');
    const { test, weightsSha256 } = await json<RunFigures>('out.json');
    expect(await json('e.json')).toMatchObject({ test, weightsSha256, data: { test: 17 } });
    expect(lines.at(-1)).toBe(`Test Accuracy: ${test!.accuracy.toFixed(4)}`);
  });

  it('evaluate and predict run fused kernels as they are told, not as the run did', async () => {
    const run = ['--run', 'runs/imdb-simple-rnn-seed5'];
    const { stdout } = await runMain(['evaluate', ...run, '--fused', 'off']);
    expect(stdout).toContain("Kernels  reference: fused: 'off'");
    for (const argv of [
      ['evaluate', ...run],
      ['predict', ...run, 'so good'],
    ]) {
      const { code, stderr } = await runMain([...argv, '--fused', 'required', '--backend', 'cpu']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' }); // fused kernels need no wasm backend
    }
  });

  it('evaluate takes the latest run, or a model file by itself', async () => {
    expect((await runMain(['evaluate'])).stdout).toMatch(/Model {4}.*seed6 \(simple-rnn, seed 6\)/);
    const file = join(place, 'alone.safetensors');
    await writeFile(file, await readFile(join(place, 'runs/imdb-simple-rnn-seed5/model.safetensors')));
    await runMain(['evaluate', '--model-file', file, '--data', data, '--json', 'alone.json']);
    const { test } = await json<RunFigures>('out.json');
    expect(await json('alone.json')).toMatchObject({ test, seed: null });
  });

  it('evaluate warns when the reviews are others than those of the run', async () => {
    const other = join(place, 'other.npz');
    await writeFile(other, Buffer.concat([tinyImdb()]));
    const record = await json<object>('runs/imdb-simple-rnn-seed6/run.json');
    await writeFile(
      join(place, 'runs/imdb-simple-rnn-seed6/run.json'),
      JSON.stringify({ ...record, source: { kind: 'file', name: 'x', sha256: '0'.repeat(64), path: other } }),
    );
    const { stdout } = await runMain(['evaluate', '--quiet', '--run', 'runs/imdb-simple-rnn-seed6']);
    expect(stdout).toMatch(/^These are not the reviews of the run/);
  });

  it('predict judges texts, files and standard input alike, and says which words it knows', async () => {
    await writeFile(join(place, 'reviews.txt'), 'good good word9\r\n\r\nbad\n');
    const run = ['--run', 'runs/imdb-simple-rnn-seed5'];
    const given = await runMain(['predict', ...run, '--quiet', 'good good word9', 'bad']);
    expect(given.code).toBe(0);
    expect(given.lines).toEqual([
      expect.stringMatching(/^0\.\d{4} {2}(positive|negative) {2}good good word9$/),
      expect.stringMatching(/^0\.\d{4} {2}(positive|negative) {2}bad$/),
    ]);
    expect((await runMain(['predict', ...run, '--quiet', join(place, 'reviews.txt')])).lines).toEqual(
      given.lines,
    );
    const input = 'good good word9\nbad\n';
    expect((await runMain(['predict', ...run, '--quiet'], input)).lines).toEqual(given.lines);
    expect((await runMain(['predict', ...run, '--quiet', '-'], input)).lines).toEqual(given.lines);

    const { lines } = await runMain(['predict', ...run, 'Good word80 xyzzy!', 'xyzzy']);
    expect(lines.slice(2, 4)).toEqual([
      '        read: good [OOV]', // word80 is beyond the 60 ids, xyzzy is no word
      '        it knows 1 of 3 words: most are unknown to it, so trust the probability little; unknown: word80, xyzzy',
    ]);
    expect(lines.at(-1)).toMatch(/it knows none of these words/);
  });
});

describe('the other ways to train', () => {
  it('says loudly that the sample is not IMDB, at the start, beside the result and in the report', async () => {
    const argv = [
      '--offline',
      '--max-len',
      '8',
      '--batch-size',
      '800',
      '--epochs',
      '1',
      '--out',
      'sample',
      '--quiet',
    ];
    const { code, lines } = await runMain([...argv, '--json', 'sample.json']);
    expect(code).toBe(0);
    expect(lines.slice(0, 3).join('\n')).toContain('This is not IMDB');
    expect(lines.at(-2)).toMatch(/^This is not IMDB/);
    expect(lines.at(-1)).toMatch(/^Test Accuracy: /);
    expect(await readFile(join(place, 'sample/report.html'), 'utf8')).toContain(
      'class="notice">This is not IMDB',
    );
    expect(await json('sample.json')).toMatchObject({ data: { kind: 'sample' } });
    const evaluated = await runMain(['evaluate', '--run', 'sample', '--quiet']);
    expect(evaluated.lines.at(-2)).toMatch(/^This is not IMDB/);
    expect(evaluated.lines.at(-1)).toBe(lines.at(-1));
    expect((await runMain(['predict', '--run', 'sample', 'good'])).stderr).toMatch(/^This is not IMDB/);
  });

  it('tells beforehand that a long reference loop is slow', async () => {
    const { stdout } = await train('--fused', 'off', '--max-len', '100', '--epochs', '1');
    expect(stdout).toContain("Kernels  reference: fused: 'off'");
    expect(stdout).toContain('expect seconds for each batch of 100 words');
  });

  it('Ctrl-C during the test leaves a run without one', async () => {
    const argv = [
      'train',
      '--data',
      data,
      ...small,
      '--epochs',
      '1',
      '--out',
      'untested',
      '--json',
      'untested.json',
    ];
    const press = (text: string): void => {
      if (text.startsWith('Testing on')) process.emit('SIGINT', 'SIGINT');
    };
    const { code, stdout, stderr } = await runMain(argv, '', {}, press);
    expect(code).toBe(130);
    expect(stderr).toContain('Interrupted after 1 of 1 epochs');
    expect(stdout).not.toContain('Test Accuracy');
    expect(await json('untested.json')).toMatchObject({
      ended: 'interrupted',
      test: null,
      epochs: [{ epoch: 1 }],
    });
    expect(await readFile(join(place, 'untested/report.html'), 'utf8')).toContain('The run was interrupted');
  });

  it('does without a vocabulary, and takes one that is named', async () => {
    const lonely = await mkdtemp(join(place, 'lonely-'));
    const file = join(lonely, 'imdb.npz');
    await writeFile(file, tinyImdb());
    const without = await runMain(['--data', file, ...small, '--epochs', '1', '--out', 'no-words']);
    expect(without.stdout).toContain('The report will have no texts: ');
    expect(await readdir(join(place, 'no-words'))).not.toContain('word_index.json');
    const words = join(place, 'imdb_word_index.json');
    const given = ['predict', '--run', 'no-words', '--word-index', words, 'good'];
    expect((await runMain(given)).code).toBe(0);
    vi.stubGlobal('fetch', () => Promise.reject(new Error('no network')));
    const { stderr } = await runMain(['predict', '--run', 'no-words', 'good']);
    vi.unstubAllGlobals();
    expect(stderr).toMatch(/has kept no words.*no network.*--word-index.*\(words-missing\)/);
  });

  it('runs on cpu', async () => {
    const { code, stdout } = await train('--backend', 'cpu', '--epochs', '1');
    expect(code).toBe(0);
    expect(stdout).toContain('Backend  cpu\n');
  });
});

describe('what goes wrong is told in one line, before anything is trained or written', () => {
  it.each([
    ['no such file', ['--data', 'none.npz'], 'file-not-found'],
    ['a wrong checksum', ['--data', 'imdb.npz', '--sha256', '0'.repeat(64)], 'checksum-mismatch'],
    ['a file that is cut off', ['--data', 'cut.npz'], /^(zip|npz|npy)-/],
    ['a file that is no zip', ['--data', 'imdb_word_index.json'], /^(zip|npz)-/],
    ['an --out below a file', ['--data', 'imdb.npz', '--out', 'imdb.npz/run'], 'out-unwritable'],
    ['a --json in no folder', ['--data', 'imdb.npz', '--json', 'none/out.json'], 'file-unwritable'],
    ['a word index that is none', ['--data', 'imdb.npz', '--word-index', 'imdb.npz'], 'word-index-form'],
    ['a split that leaves nothing', ['--data', 'imdb.npz', '--validation-split', '0.99'], 'validation-split'],
    ["another checksum than Keras', and no file", ['--sha256', '0'.repeat(64)], 'checksum-mismatch'],
    ["Keras' checksum, and no network", ['--sha256', KERAS_SHA256], 'download-failed'],
  ])('%s', async (_, argv, code) => {
    await writeFile(join(place, 'cut.npz'), tinyImdb().subarray(0, 900));
    const paths = argv.map((word) => (/\.(npz|json)/.test(word) ? join(place, word) : word));
    const before = await readdir(place);
    const outcome = await runMain([
      'train',
      ...small,
      ...paths,
      ...(argv.includes('--out') ? [] : ['--out', 'wrong']),
    ]);
    expect(outcome.code).toBe(1);
    const [, told] = /^\[.*\((\S+)\)\n$/.exec(outcome.stderr) ?? [];
    expect(told).toMatch(code);
    expect(outcome.stdout).not.toMatch(/Epoch|Kernels/);
    expect(await readdir(place)).toEqual([...new Set([...before, 'cut.npz'])].sort());
  });

  it('wrong arguments end with 2 and point to the help', async () => {
    const { code, stderr } = await runMain(['train', '--epoch', '3']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Did you mean --epochs\?.*\nSee 'ostinato-imdb train --help'\.\n$/);
  });

  it('nothing to judge, no run, no such text', async () => {
    expect(await runMain(['predict', '--run', 'sample'], '\n\n')).toMatchObject({ code: 2 });
    expect((await runMain(['predict', '--run', 'nowhere', 'good'])).stderr).toContain('(run-missing)');
    expect((await runMain(['predict', 'missing.txt'])).stderr).toContain('(file-not-found)');
  });

  it('shows the stack to those who ask', async () => {
    const argv = ['--data', join(place, 'none.npz')];
    expect((await runMain([...argv, '--verbose'])).stderr).toMatch(/\n {4}at .*\nbecause of Error: ENOENT/s);
    expect((await runMain(argv, '', { DEBUG: '1' })).stderr).toContain('\n    at ');
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { raggedRows, rowAt, rowCount } from './arrays.js';
import type { ImdbSequences } from './imdb-result.js';
import { type ImdbOptions, loadImdb, loadImdbSequences } from './load-imdb.js';
import { padSequences } from './pad-sequences.js';
import { SAMPLE_NAME } from './sample-corpus.js';
import { sha256 } from './sha256.js';
import {
  digest,
  digestRows,
  fromBase64,
  NO_SHARED_DATA,
  readGolden,
  sharedData,
} from './test-support/golden.js';
import { serve, unreachable } from './test-support/serve.js';

/** Options in Keras' own spelling, as the golden script notes them. */
interface KerasOptions {
  num_words?: number;
  skip_top?: number;
  maxlen?: number;
  seed?: number;
  start_char?: number | null;
  oov_char?: number | null;
  index_from?: number;
}
interface Golden {
  files: Record<string, string>;
  cases: {
    options: KerasOptions;
    xTrain: number[][];
    yTrain: number[];
    xTest: number[][];
    yTest: number[];
  }[];
}

function fromKeras(options: KerasOptions): ImdbOptions {
  const names = {
    num_words: 'numWords',
    skip_top: 'skipTop',
    maxlen: 'keepShorterThan',
    seed: 'seed',
    start_char: 'startChar',
    oov_char: 'oovChar',
    index_from: 'indexFrom',
  } as const;
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => [names[key as keyof KerasOptions], value]),
  );
}

const golden = readGolden<Golden>('keras-imdb.json');
const small = fromBase64(golden.files.python2!);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-'));
  vi.stubEnv('OSTINATO_IMDB', undefined);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

const listsOf = ({ x }: ImdbSequences['train']): number[][] =>
  Array.from({ length: rowCount(x) }, (_, i) => [...rowAt(x, i)]);

describe('is keras.datasets.imdb.load_data', () => {
  it.each(golden.cases)('$options', async ({ options, xTrain, yTrain, xTest, yTest }) => {
    for (const file of Object.values(golden.files)) {
      const { train, test } = await loadImdbSequences({ bytes: fromBase64(file), ...fromKeras(options) });
      expect(listsOf(train)).toEqual(xTrain);
      expect(listsOf(test)).toEqual(xTest);
      expect([...train.y.data]).toEqual(yTrain);
      expect([...test.y.data]).toEqual(yTest);
      expect(train.y.shape).toEqual([yTrain.length]);
    }
  });

  it.each(golden.cases)('and pad_sequences: $options', async ({ options, xTrain, xTest }) => {
    const { train, test } = await loadImdb({ bytes: small, maxLen: 7, ...fromKeras(options) });
    expect(train.x).toEqual(padSequences(raggedRows(xTrain), { maxLen: 7 }));
    expect(test.x).toEqual(padSequences(raggedRows(xTest), { maxLen: 7 }));
  });
});

it('without maxLen, both splits have the length of the longest review of both', async () => {
  const { train, test } = await loadImdb({ bytes: small });
  expect(train.x.shape[1]).toBe(14);
  expect(test.x.shape[1]).toBe(14);
});

it('pads as told, and tells the encoding and the rows of the file', async () => {
  const options = {
    bytes: small,
    maxLen: 5,
    padding: 'post',
    truncating: 'post',
    value: 77,
    numWords: 20,
  } as const;
  const padded = await loadImdb(options);
  const whole = await loadImdbSequences({ bytes: small, numWords: 20 });
  expect(padded.test.x).toEqual(
    padSequences(whole.test.x, { maxLen: 5, padding: 'post', truncating: 'post', value: 77 }),
  );
  expect(padded.encoding).toEqual({ numWords: 20, skipTop: 0, startChar: 1, oovChar: 2, indexFrom: 3 });
  expect([...padded.train.indices].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, i) => i));
  const raw = await loadImdbSequences({
    bytes: small,
    startChar: null,
    indexFrom: 0,
    numWords: 1000,
    seed: 9,
  });
  const place = raw.train.indices.indexOf(padded.train.indices[4]!);
  expect([...rowAt(whole.train.x, 4)].length).toBe(rowAt(raw.train.x, place).length + 1);
});

describe('where the data comes from', () => {
  it('a named file, by path or URL, or by the environment', async () => {
    const path = join(folder, 'my.npz');
    await writeFile(path, small);
    const source = {
      kind: 'file',
      name: 'my.npz',
      path,
      sha256: sha256(small),
      note: expect.stringMatching(/^Not the file/),
    };
    expect((await loadImdb({ path })).source).toEqual(source);
    expect((await loadImdb({ path: pathToFileURL(path) })).source).toEqual(source);
    vi.stubEnv('OSTINATO_IMDB', path);
    expect((await loadImdb()).source).toEqual(source);
  });

  it('a file with the checksum it must have, in either case', async () => {
    const right = sha256(small).toUpperCase();
    expect((await loadImdb({ bytes: small, sha256: right })).source.name).toBe('bytes');
    const wrong = loadImdb({ bytes: small, sha256: '0'.repeat(64) });
    await expect(wrong).rejects.toThrow(/Expected 0{64}; received [0-9a-f]{64}.*\(checksum-mismatch\)/);
  });

  it('the sample, when nothing can be downloaded: and says so', async () => {
    const options = { cacheDir: join(folder, 'cache'), baseUrl: await unreachable() };
    const { source, train } = await loadImdb({ ...options, maxLen: 100, numWords: 500 });
    expect(source).toMatchObject({ kind: 'sample', name: SAMPLE_NAME });
    expect(source.note).toMatch(/This is not IMDB.*Used because .*could not be downloaded.*ECONNREFUSED/);
    expect(train.x.shape).toEqual([8000, 100]);
    await expect(loadImdb({ ...options, fallback: 'error' })).rejects.toThrow(/\(download-failed\)/);
  });

  it('not the sample, when the download is stopped or is another file', async () => {
    const cacheDir = join(folder, 'cache');
    const stopped = loadImdb({ cacheDir, baseUrl: await unreachable(), signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(expect.objectContaining({ code: 'aborted' }));
    const server = await serve((_, response) => void response.end(new Uint8Array(17_464_789)));
    const forged = loadImdb({ cacheDir, baseUrl: server.url });
    await expect(forged).rejects.toThrow(expect.objectContaining({ code: 'checksum-mismatch' }));
    await server.close();
  });

  it('on a platform without files: bytes, and no path', async () => {
    const { getBuiltinModule } = process;
    process.getBuiltinModule = undefined as never;
    try {
      expect((await loadImdb({ bytes: small, maxLen: 4 })).train.x.shape).toEqual([23, 4]);
      await expect(loadImdb({ path: 'imdb.npz' })).rejects.toThrow(/no files.*`bytes`.*\(platform-files\)/);
      const fetch = async () => new Response('gone', { status: 410 });
      expect((await loadImdbSequences({ fetch })).source.note).toMatch(/HTTP status 410/);
    } finally {
      process.getBuiltinModule = getBuiltinModule;
    }
  });
});

describe('bad input', () => {
  it('files', async () => {
    await expect(loadImdb({ path: join(folder, 'none.npz') })).rejects.toThrow(
      /no such file.*none\.npz.*\(file-not-found\)/,
    );
    await expect(loadImdb({ path: folder })).rejects.toThrow(/EISDIR.*\(file-unreadable\)/);
    await expect(loadImdb({ path: new URL('https://example.com/imdb.npz') })).rejects.toThrow(
      /\(file-unreadable\)/,
    );
    await expect(loadImdb({ path: 'a\0b' })).rejects.toThrow(/\(file-unreadable\)/);
    await expect(loadImdb({ bytes: small.subarray(0, 900) })).rejects.toThrow(/cut off.*\(zip-invalid\)/);
    await expect(loadImdb({ bytes: new TextEncoder().encode('PK?') })).rejects.toThrow(
      /not a zip.*\(zip-invalid\)/,
    );
  });

  it.each([
    ['config-max-len', { maxLen: 0 }],
    ['config-keep-shorter-than', { keepShorterThan: 2.5 }],
    ['config-num-words', { numWords: -1 }],
    ['config-seed', { seed: -1 }],
    ['config-fallback', { fallback: 'none' }],
    ['config-bytes', { bytes: 'PK' }],
    ['config-unknown', { maxlen: 500 }],
    ['config-padding', { padding: 'both' }],
    ['imdb-filter', { keepShorterThan: 1 }],
  ])('%s', async (code, options) => {
    const answer = loadImdb({ bytes: small, ...(options as object) });
    await expect(answer).rejects.toThrow(expect.objectContaining({ code }));
  });

  it('maxLen, where it would be taken for Keras’ filter', async () => {
    const answer = loadImdbSequences({ bytes: small, maxLen: 8 } as object);
    await expect(answer).rejects.toThrow(/No option is called 'maxLen'.*keepShorterThan.*\(config-unknown\)/);
  });
});

interface RealGolden {
  sha256: string;
  cases: (Record<'rowsTrain' | 'rowsTest' | 'xTrain500' | 'xTest500' | 'yTrain' | 'yTest', string> & {
    options: KerasOptions;
    train: number;
    test: number;
  })[];
}

const npz = sharedData('imdb.npz');
describe.skipIf(!npz)(`the real reviews (${npz ? 'present' : NO_SHARED_DATA})`, () => {
  const real = readGolden<RealGolden>('real-imdb.json');

  it.each(real.cases)('are what Keras loads and pads: $options', async ({ options, ...expected }) => {
    const { train, test } = await loadImdbSequences({
      path: npz!,
      sha256: real.sha256,
      ...fromKeras(options),
    });
    expect({
      train: rowCount(train.x),
      test: rowCount(test.x),
      rowsTrain: digestRows(train.x),
      rowsTest: digestRows(test.x),
      xTrain500: digest(padSequences(train.x, { maxLen: 500 }).data),
      xTest500: digest(padSequences(test.x, { maxLen: 500 }).data),
      yTrain: digest(train.y.data),
      yTest: digest(test.y.data),
    }).toEqual(expected);
  });

  it('come out of the twelve-line program’s call with the same bits', async () => {
    vi.stubEnv('OSTINATO_IMDB', npz);
    const { train, test, source } = await loadImdb({ numWords: 10_000, maxLen: 500 });
    expect([digest(train.x.data), digest(test.x.data)]).toEqual([
      real.cases[0]!.xTrain500,
      real.cases[0]!.xTest500,
    ]);
    expect([train.x.shape, test.x.shape, train.y.shape]).toEqual([[25000, 500], [25000, 500], [25000]]);
    expect(source).toMatchObject({ kind: 'file', name: 'imdb.npz', sha256: real.sha256 });
  });
});

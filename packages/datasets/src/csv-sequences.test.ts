import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test, vi } from 'vitest';
import type { SequenceBatch } from './batch-sequences.js';
import type { CsvSource } from './csv-bytes.js';
import type { CsvOptions } from './csv-options.js';
import { csvSequences } from './csv-sequences.js';
import { encodeText } from './encode-text.js';
import { wordIndexFrom } from './word-index.js';

const folder = mkdtempSync(join(tmpdir(), 'ostinato-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));
const bytesOf = (text: string) => new TextEncoder().encode(text);

async function take<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** All batches of a text, as plain lists. */
async function read(text: string, options: CsvOptions = {}) {
  const batches = await take(csvSequences(() => [bytesOf(text)], options));
  return batches.map(({ x, y }: SequenceBatch) => ({
    x: [...x.data],
    shape: x.shape,
    ...(y ? { y: [...y.data] } : {}),
    ids: x.data instanceof Int32Array,
  }));
}

test('by default the label comes first, and a step stands in each cell after it', async () => {
  const text = 'label,t0,t1,t2\n1,0.5,-1,2e1\n0,3,,\r\n1, 4 ,5,\n';
  expect(await read(text, { batchSize: 2 })).toEqual([
    { x: [0.5, -1, 20, 0, 0, 3], shape: [2, 3, 1], y: [1, 0], ids: false },
    { x: [4, 5], shape: [1, 2, 1], y: [1], ids: false },
  ]);
  const named = { columns: { label: 't2', values: ['t1', 't0'] }, padding: 'post' } as const;
  expect(await read('label,t0,t1,t2\n9,1,2,3\n', named)).toEqual([
    { x: [2, 1], shape: [1, 2, 1], y: [3], ids: false },
  ]);
  expect(await read('1,2,9\n3,4,9', { header: false, columns: { label: 1 }, dtype: 'int32' })).toEqual([
    { x: [1, 9, 3, 9], shape: [2, 2], y: [2, 4], ids: true },
  ]);
});

test('a cell may hold all steps, as numbers, ids or words', async () => {
  const columns = { label: 'kind', text: 'steps' };
  expect(await read('kind,steps\n1, 3  4.5 5\n0,\n', { columns })).toEqual([
    { x: [3, 4.5, 5, 0, 0, 0], shape: [2, 3, 1], y: [1, 0], ids: false },
  ]);
  const classes = ['bad', 'good'];
  const vocabulary = ['', 'a', 'dull', 'film'];
  const words = { columns, classes, vocabulary, unknown: 9 };
  expect(await read('kind,steps\ngood,a new film\nbad,"dull\nfilm"\n', words)).toEqual([
    { x: [1, 9, 3, 0, 2, 3], shape: [2, 3], y: [1, 0], ids: true },
  ]);
  const map = new Map([
    ['x y', 5],
    ['z', 6],
  ]);
  expect(
    await read('steps\tkind\nx y|z\t1', { columns, vocabulary: map, separator: '|', delimiter: '\t' }),
  ).toEqual([{ x: [5, 6], shape: [1, 2], y: [1], ids: true }]);
  const index = wordIndexFrom([
    ['a', 1],
    ['film', 2],
  ]);
  const encode = (text: string) => encodeText(text, index);
  expect(await read('kind,steps\n1,"A film, a film"\n', { columns, encode, maxLen: 3 })).toEqual([
    { x: [5, 4, 5], shape: [1, 3], y: [1], ids: true },
  ]);
});

const patients = 'who,hour,pulse,pressure,died\na,1,60,1,0\na,3,61,2,0\nb,1,70,3,1\nc,0,80,4,0\nc,1,81,5,0\n';
const long = { label: 'died', id: 'who', step: 'hour', values: ['pulse', 'pressure'] };

test('in long form a row is a step of the sequence that its id names', async () => {
  expect(await read(patients, { columns: long, batchSize: 2 })).toEqual([
    { x: [60, 1, 61, 2, 0, 0, 70, 3], shape: [2, 2, 2], y: [0, 1], ids: false },
    { x: [80, 4, 81, 5], shape: [1, 2, 2], y: [0], ids: false },
  ]);
  const one = { label: null, id: 0, values: [3] };
  expect(await read(patients, { columns: one, dtype: 'int32' })).toEqual([
    { x: [1, 2, 0, 3, 4, 5], shape: [3, 2], ids: true },
  ]);
});

const rows = 60;
const numbered = `label,a,b\n${Array.from({ length: rows }, (_, i) => `${i},${i},${-i}`).join('\n')}\n`;
const labels = (batches: readonly SequenceBatch[]): number[] => batches.flatMap(({ y }) => [...y.data]);

test('the order of an epoch depends on the seed and the epoch only, and every sequence comes once', async () => {
  const path = join(folder, 'numbered.csv');
  writeFileSync(path, numbered);
  const options = { batchSize: 7, shuffle: 16, seed: 5 };
  const first = csvSequences(path, options);
  const [zero, one] = [labels(await take(first.epoch(0))), labels(await take(first.epoch(1)))];
  expect(one).not.toEqual(zero);
  expect([...zero].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, i) => i));
  const pieces = bytesOf(numbered);
  const streamed = csvSequences(
    () => Array.from({ length: pieces.length }, (_, i) => pieces.subarray(i, i + 1)),
    {
      ...options,
      prefetch: 0,
    },
  );
  expect(labels(await take(streamed.epoch(1)))).toEqual(one);
  expect(labels(await take(csvSequences(path, { ...options, seed: 6 }).epoch(1)))).not.toEqual(one);
  const order = Array.from({ length: rows }, (_, i) => i);
  expect(labels(await take(first))).toEqual(order);
  expect(labels(await take(csvSequences(path, { shuffle: 0 }).epoch(3)))).toEqual(order);
});

test('every kind of source gives the same', async () => {
  const path = join(folder, 'source.csv');
  writeFileSync(path, numbered);
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/data.csv' ? 200 : 404).end(numbered);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const bytes = bytesOf(numbered);
  const sources: Record<string, CsvSource> = {
    path,
    'file address': pathToFileURL(path),
    address: new URL(`${base}/data.csv`),
    blob: new Blob([bytes]),
    file: new File([bytes], 'numbered.csv'),
    stream: new Blob([bytes]).stream(),
    'stream of Node': Readable.from([Buffer.from(bytes)]),
    pieces: [bytes.subarray(0, 9), bytes.subarray(9)],
    'a function': async () => new Blob([bytes]).stream(),
  };
  const expected = await take(csvSequences(path));
  for (const [name, source] of Object.entries(sources)) {
    expect(await take(csvSequences(source)), name).toEqual(expected);
  }
  await expect(take(csvSequences(new URL(`${base}/other.csv`)))).rejects.toThrow(
    /HTTP status 404.*download-failed/,
  );
  await new Promise((resolve) => server.close(resolve));
  await expect(take(csvSequences(new URL(`${base}/data.csv`)))).rejects.toThrow(/download-failed/);
});

test('a stream that is used up is refused, not taken for an empty file', async () => {
  for (const source of [new Blob([numbered]).stream(), Readable.from([bytesOf(numbered)])]) {
    const batches = csvSequences(source);
    expect((await take(batches.epoch(0))).length).toBe(2);
    await expect(take(batches.epoch(1))).rejects.toThrow(/\[csvSequences\].*only once.*source-once/);
  }
});

test('the file is closed at the end, after an error, and when nobody reads on', async () => {
  const fs = process.getBuiltinModule('node:fs/promises');
  const open = vi.spyOn(fs, 'open');
  const long = `label,a\n${'1,2\n'.repeat(50_000)}`;
  const path = join(folder, 'closed.csv');
  writeFileSync(path, long);
  const bad = join(folder, 'bad.csv');
  writeFileSync(bad, `${long}1,x\n`);
  await take(csvSequences(path));
  await expect(take(csvSequences(bad))).rejects.toThrow(/\[bad.csv, line 50002, column 'a'\]/);
  for (const batches of [csvSequences(path), csvSequences(path, { prefetch: 0 })]) {
    for await (const { x } of batches.epoch(0)) {
      expect(x.shape[0]).toBe(32);
      break;
    }
  }
  const files = await Promise.all(open.mock.results.map(({ value }) => value));
  expect(files.length).toBe(4);
  expect(files.map(({ fd }) => fd)).toEqual([-1, -1, -1, -1]);
  open.mockRestore();
});

const table = 'kind,steps,more\n';
const inText = {
  columns: { label: 'kind', text: 'steps' },
  classes: ['bad', 'good'],
  vocabulary: ['a', 'b'],
};
const bad: [what: string, text: string, options: CsvOptions, message: RegExp][] = [
  [
    'a word for a number',
    `${table}1,2,x\n`,
    {},
    /\[stream.*, line 2, column 'more'\].*received 'x'.*csv-number/,
  ],
  ['no number', `${table}1,,3\n`, {}, /line 2, column 'steps'\] There is no value.*empty cell.*csv-missing/],
  ['a short row', `${table}1\n`, { columns: { label: 0, values: [1, 2] } }, /row of 1 cells.*csv-missing/],
  ['a long row', `${table}1,2,3,4\n`, {}, /more cells.*at most 3; received 4.*csv-width/],
  ['a number too large', `${table}1,1e39,0\n`, {}, /csv-number/],
  ['a fraction for an id', `${table}1,1.5,0\n`, { dtype: 'int32' }, /expected an integer|csv-number/],
  [
    'an unknown word',
    `${table}\n\ngood,a c,\n`,
    inText,
    /line 4, column 'steps'\].*no word 'c'.*`unknown`.*csv-word/,
  ],
  ['an unknown class', `${table}god,a b,\n`, inText, /line 2, column 'kind'\].*good.*csv-class/],
  [
    'ids that are none',
    `${table}1,a,\n`,
    { columns: { label: 0, text: 1 }, encode: () => 'a' as never },
    /csv-ids/,
  ],
  [
    'no such column',
    `${table}1,2,3\n`,
    { columns: { label: 'kinds' } },
    /\[stream.*header\].*kind.*csv-column/,
  ],
  ['no such place', `${table}1,2,3\n`, { columns: { label: 3 } }, /csv-column/],
  [
    'a name without a header',
    '1,2\n',
    { header: false, columns: { label: 'a' } },
    /`header: false`.*csv-column/,
  ],
  ['data for a header', '1,2\n3,4\n', {}, /\[stream.*, line 1\].*header: false.*csv-header/],
  ['a name twice', 'a,b,a\n1,2,3\n', {}, /'a'.*csv-header/],
  ['a header alone', table, {}, /no row with data.*csv-empty/],
  ['an empty file', '', {}, /csv-empty/],
  [
    'steps that fall',
    patients.replace('a,3', 'a,0'),
    { columns: long },
    /line 3, column 'hour'\].*'a'.*csv-order/,
  ],
  ['rows apart', `${patients}a,9,1,1,0\n`, { columns: long }, /line 7, column 'who'\].*'a'.*Sort.*csv-order/],
  [
    'two labels',
    patients.replace('61,2,0', '61,2,1'),
    { columns: long },
    /line 3\].*different labels.*csv-label/,
  ],
];

test.each(bad)('%s has an error with its place', async (_, text, options, message) => {
  await expect(read(text, options)).rejects.toThrow(message);
});

test('bad rows are told of and left out, if somebody wants to hear it; nothing else is', async () => {
  const heard: string[] = [];
  const onBadRow: NonNullable<CsvOptions['onBadRow']> = (error, { line, cells }) => {
    heard.push(`${line} ${error.code} ${cells.join('|')}`);
  };
  expect(
    await read('label,a\n1,2\nx,3\n0,\n0,4,5\n1,6\n', { onBadRow, columns: { label: 0, values: [1] } }),
  ).toEqual([{ x: [2, 6], shape: [2, 1, 1], y: [1, 1], ids: false }]);
  expect(heard).toEqual(['3 csv-number x|3', '4 csv-missing 0|', '5 csv-width 0|4|5']);
  await expect(read('label,a\n1,"2\n', { onBadRow })).rejects.toThrow(/csv-quotes/);
  const typo = () => {
    throw new TypeError('of the user');
  };
  await expect(
    read('k,s\n1,a\n', { columns: { label: 0, text: 1 }, encode: typo, onBadRow }),
  ).rejects.toThrow('of the user');
});

test('rows before the header are passed over', async () => {
  expect(await read('made by hand\n\nlabel,a\n1,2\n', { skipRows: 1 })).toEqual([
    { x: [2], shape: [1, 1, 1], y: [1], ids: false },
  ]);
});

test.each([
  ['a misspelt option', { batchsize: 3 }, /batchSize.*config-unknown/],
  ['a misspelt column', { columns: { labels: 0 } }, /label.*config-unknown/],
  ['a column that is none', { columns: { label: -1 } }, /config-columns/],
  ['no values', { columns: { label: 0, id: 1 } }, /config-columns/],
  ['no value', { columns: { label: 0, values: [] } }, /config-columns/],
  ['a long delimiter', { delimiter: ';;' }, /config-delimiter/],
  ['a quote that separates', { quote: ',' }, /config-quote/],
  ['no encoding', { encoding: 'klingon' }, /config-encoding/],
  ['an empty separator', { separator: '' }, /config-separator/],
  ['a word twice', { vocabulary: ['a', 'a'] }, /config-vocabulary/],
  ['classes that are none', { classes: 'ab' }, /config-classes/],
  ['a negative buffer', { shuffle: -1 }, /config-shuffle/],
  ['no function', { onBadRow: true }, /config-on-bad-row/],
  ['no size', { batchSize: 0 }, /config-batch-size/],
])('%s is refused before the file is opened', (_, options, message) => {
  expect(() => csvSequences('nowhere.csv', options as never)).toThrow(message);
});

test('what cannot be read says why', async () => {
  await expect(take(csvSequences(join(folder, 'nowhere.csv')))).rejects.toThrow(
    /\[csvSequences\].*file-not-found/,
  );
  await expect(take(csvSequences(folder))).rejects.toThrow(/EISDIR.*file-unreadable/);
  expect(() => csvSequences(bytesOf(numbered) as never)).toThrow(/\[bytes\].*csv-source/);
  expect(() => csvSequences(7 as never)).toThrow(/csv-source/);
  await expect(take(csvSequences(['a,b'] as never))).rejects.toThrow(/TextEncoder.*csv-bytes/);
  await expect(take(csvSequences((() => 7) as never))).rejects.toThrow(/csv-source/);
  expect(csvSequences('a.csv', { length: 12 }).length).toBe(12);
  expect('length' in csvSequences('a.csv')).toBe(false);
});

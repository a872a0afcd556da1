import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type CsvRow, csvRows } from './csv-rows.js';

const DIALECT = { delimiter: ',', quote: '"', encoding: 'utf-8' };

/** Bytes in pieces of the given lengths, over and over. */
async function* cut(bytes: Uint8Array, lengths: readonly number[]): AsyncGenerator<Uint8Array> {
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length]!;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function read(
  text: string | Uint8Array,
  lengths: readonly number[] = [7],
  dialect = DIALECT,
): Promise<CsvRow[]> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const rows: CsvRow[] = [];
  for await (const block of csvRows(cut(bytes, lengths), 'data.csv', dialect)) rows.push(...block);
  return rows;
}

const cell = fc.array(fc.constantFrom('a', 'é', '😀', ' ', ',', '"', '\n', '1', "'"), { maxLength: 6 });
const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 });
const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;

test('any table comes back from any pieces, each row with its line', async () => {
  const cases = fc.record({
    rows: table,
    always: fc.boolean(),
    end: fc.constantFrom('\n', '\r\n'),
    last: fc.boolean(),
    lengths: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ rows, always, end, last, lengths }) => {
      const texts = rows.map((row) => row.map((letters) => letters.join('')));
      const write = (text: string): string => (always || /[,"\n\s]/.test(text) ? quoted(text) : text);
      const lines = texts.map((row) => row.map(write).join(','));
      const found = await read(lines.join(end) + (last ? end : ''), lengths);
      const kept: CsvRow[] = [];
      let line = 1;
      for (const [i, cells] of texts.entries()) {
        if (cells.length > 1 || cells[0] !== '') kept.push({ cells, line });
        line += lines[i]!.split('\n').length;
      }
      expect(found).toEqual(kept);
    }),
    { numRuns: 400 },
  );
});

test('a mark of byte order and lines without anything are no rows, but count', async () => {
  expect(await read('\uFEFFa;b\r\n\r\n\n1;2', [2], { ...DIALECT, delimiter: ';' })).toEqual([
    { cells: ['a', 'b'], line: 1 },
    { cells: ['1', '2'], line: 4 },
  ]);
  expect(await read('')).toEqual([]);
});

test.each([
  [
    'a quote that is never closed',
    'a,b\n1,"2\n3,4\n',
    /\[data.csv, line 2\] A quoted cell does not end.*csv-quotes/,
  ],
  [
    'a cell that goes on after its quotes',
    'a,b\n"1,2" 3,4\n5,6\n',
    /line 2\] A quoted cell goes on.*csv-quotes/,
  ],
  ['an error after cells of several lines', '"a\nb","c"\n1,"2"x\n3,4', /\[data.csv, line 3\].*csv-quotes/],
  [
    'bytes that are no text',
    Uint8Array.of(97, 10, 98, 0xff, 10),
    /\[data.csv, line \d\].*utf-8.*csv-encoding/,
  ],
  [
    'a character that is cut off at the end',
    Uint8Array.of(97, 10, 0xc3),
    /\[data.csv, line 2\].*csv-encoding/,
  ],
])('%s has a place', async (_, text, message) => {
  for (const length of [1, 3, 100]) await expect(read(text, [length])).rejects.toThrow(message);
});

test('another encoding is read when it is named', async () => {
  const latin = Uint8Array.of(0xe9, 44, 49);
  expect(await read(latin, [1], { ...DIALECT, encoding: 'windows-1252' })).toEqual([
    { cells: ['é', '1'], line: 1 },
  ]);
});

test('a row that does not end is given up, in time that does not grow with the square of it', async () => {
  const piece = new TextEncoder().encode(`${'x'.repeat(2 ** 16 - 1)},`);
  let served = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode('a\n"');
    for (; ; served++) yield piece;
  }
  const all = csvRows(endless(), 'data.csv', DIALECT);
  await expect(
    (async () => {
      for await (const _ of all);
    })(),
  ).rejects.toThrow(/\[data.csv, line 2\] The row does not come to an end.*csv-row-size/);
  expect(served).toBeLessThan(600);
});

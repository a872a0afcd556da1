import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRunRecord } from './run-record.js';

let file: string;

beforeEach(async () => {
  file = join(await mkdtemp(join(tmpdir(), 'ostinato-record-')), 'run.json');
});

afterEach(() => rm(join(file, '..'), { recursive: true }));

it('reads a record', async () => {
  const record = { format: 1, maxLen: 20, encoding: { numWords: 9 }, source: { kind: 'sample' } };
  await writeFile(file, JSON.stringify(record));
  expect(await readRunRecord(file)).toEqual(record);
});

it.each([
  ['run-newer', JSON.stringify({ format: 2 })],
  ['run-form', 'no JSON'],
  ['run-form', 'null'],
  ['run-form', JSON.stringify({ format: 1, maxLen: 20 })],
  ['run-form', JSON.stringify({ format: 1, maxLen: 20, encoding: null, source: {} })],
])('%s for %s', async (code, text) => {
  await writeFile(file, text);
  await expect(readRunRecord(file)).rejects.toMatchObject({ code });
});

it('says of a training that was broken off how it goes on', async () => {
  await writeFile(join(dirname(file), 'training.json'), '{}');
  await expect(readRunRecord(file)).rejects.toMatchObject({
    code: 'run-unfinished',
    message: expect.stringContaining(`ostinato-imdb train --resume ${dirname(file)}`),
  });
});

it('says that there is no run', async () => {
  await expect(readRunRecord(file)).rejects.toMatchObject({ code: 'run-missing' });
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkWritable, writeAtomically, writeJson } from './write-atomically.js';

let place: string;

beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'ostinato-write-'));
});

afterEach(() => rm(place, { recursive: true }));

it('writes and replaces, and leaves nothing else', async () => {
  const file = join(place, 'a.json');
  await writeAtomically(file, 'old');
  await writeJson(file, { new: [1] });
  expect(await readFile(file, 'utf8')).toBe('{\n  "new": [\n    1\n  ]\n}\n');
  expect(await readdir(place)).toEqual(['a.json']);
});

it('leaves the old file when it fails', async () => {
  await mkdir(join(place, 'folder'));
  await expect(writeAtomically(join(place, 'folder'), 'x')).rejects.toMatchObject({
    code: 'file-unwritable',
  });
  expect(await readdir(place)).toEqual(['folder']);
});

it('says beforehand whether a file can be written, and why not', async () => {
  await writeFile(join(place, 'file'), 'kept');
  await mkdir(join(place, 'folder'));
  await checkWritable(join(place, 'new.json'));
  await checkWritable(join(place, 'file'));
  expect((await readdir(place)).sort()).toEqual(['file', 'folder']);
  expect(await readFile(join(place, 'file'), 'utf8')).toBe('kept');
  for (const [name, reason] of [
    ['none/new.json', 'no such file or folder'],
    ['file/new.json', 'is a file'],
    ['folder', 'it is a folder'],
  ] as const) {
    await expect(checkWritable(join(place, name))).rejects.toMatchObject({
      code: 'file-unwritable',
      message: expect.stringContaining(reason),
    });
  }
});

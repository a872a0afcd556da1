import { mkdir, mkdtemp, readdir, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { claimRunFolder, latestRun, reopenRunFolder } from './run-folder.js';

let place: string;

beforeEach(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), 'ostinato-runs-')));
  vi.spyOn(process, 'cwd').mockReturnValue(place);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await rm(place, { recursive: true });
});

it('names the folder after the run, and numbers it when it is taken', async () => {
  const paths = [];
  for (let i = 0; i < 3; i++) paths.push((await claimRunFolder(undefined, 'imdb-gru-seed7')).path);
  expect(paths).toEqual(
    ['imdb-gru-seed7', 'imdb-gru-seed7-2', 'imdb-gru-seed7-3'].map((name) => join(place, 'runs', name)),
  );
});

it('gives two programs that start together two folders', async () => {
  const claims = Array.from({ length: 8 }, () => claimRunFolder(undefined, 'imdb-lstm-seed1'));
  expect(new Set((await Promise.all(claims)).map(({ path }) => path)).size).toBe(8);
});

it('takes a folder that is named, with what else lies in it', async () => {
  await mkdir(join(place, 'mine'));
  await writeFile(join(place, 'mine/notes.txt'), '');
  const folder = await claimRunFolder('mine', 'any');
  expect(folder.path).toBe(join(place, 'mine'));
  expect(folder.file('model')).toBe(join(place, 'mine/model.safetensors'));
  await folder.leave();
  expect(await readdir(folder.path)).toEqual(['notes.txt']);
});

it('does not write over an earlier run', async () => {
  await mkdir(join(place, 'mine'));
  await writeFile(join(place, 'mine/history.json'), '{}');
  await expect(claimRunFolder('mine', 'any')).rejects.toMatchObject({
    code: 'out-taken',
    message: expect.stringContaining('history.json'),
  });
  expect(await readdir(join(place, 'mine'))).toEqual(['history.json']);
});

it('gives a named folder to one of two, and again when it was left', async () => {
  const first = await claimRunFolder('mine', 'any');
  await mkdir(join(place, 'mine/.partial-of-the-first'));
  for (const claim of [() => claimRunFolder('mine', 'any'), () => reopenRunFolder('mine')]) {
    await expect(claim()).rejects.toMatchObject({ code: 'run-busy' });
  }
  expect((await readdir(join(place, 'mine'))).sort()).toEqual(['.partial-of-the-first', 'running']);
  await first.leave();
  const second = await reopenRunFolder('mine');
  expect(await readdir(second.path)).toEqual(['running']);
});

it('says so when no folder can be made or written to', async () => {
  await writeFile(join(place, 'file'), '');
  for (const out of ['file', 'file/below']) {
    await expect(claimRunFolder(out, 'any')).rejects.toMatchObject({ code: 'out-unwritable' });
  }
});

it.skipIf(process.platform !== 'linux')(
  'gives up where the system refuses a folder below one that exists',
  async () => {
    for (const out of ['/proc/x', '/proc/x/y/z']) {
      await expect(claimRunFolder(out, 'any')).rejects.toMatchObject({ code: 'out-unwritable' });
    }
  },
);

it.skipIf(process.platform !== 'linux')(
  'says before anything else that a run cannot go on where nothing can be written',
  async () => {
    await expect(reopenRunFolder('/proc')).rejects.toMatchObject({
      code: 'out-unwritable',
      message: expect.stringContaining('a copy of the folder'),
    });
  },
);

it('makes the same folders from two programs at once', async () => {
  const claims = ['one', 'two', 'three'].map((name) => claimRunFolder(`deep/er/${name}`, 'any'));
  await Promise.all(claims);
  expect((await readdir(join(place, 'deep/er'))).sort()).toEqual(['one', 'three', 'two']);
});

it('follows a link to a folder, and refuses one that leads nowhere', async () => {
  await mkdir(join(place, 'real'));
  await symlink(join(place, 'real'), join(place, 'link'), 'dir');
  await claimRunFolder('link/run', 'any');
  expect(await readdir(join(place, 'real'))).toEqual(['run']);
  await symlink(join(place, 'nowhere'), join(place, 'broken'), 'dir');
  await expect(claimRunFolder('broken/run', 'any')).rejects.toMatchObject({ code: 'out-unwritable' });
});

it('takes back the empty folders that it made, and no other', async () => {
  await (await claimRunFolder('a/b/c', 'any')).leave();
  await mkdir(join(place, 'present'));
  await (await claimRunFolder('present', 'any')).leave();
  const kept = await claimRunFolder(undefined, 'kept');
  await writeFile(kept.file('history'), '{}');
  await kept.leave();
  await (await claimRunFolder(undefined, 'other')).leave();
  expect((await readdir(place)).sort()).toEqual(['present', 'runs']);
  expect(await readdir(join(place, 'runs'))).toEqual(['kept']);
});

it('finds the run whose record was written last', async () => {
  await expect(latestRun()).rejects.toMatchObject({ code: 'run-none' });
  for (const [name, time] of [
    ['a', 300],
    ['b', 500],
    ['c', 400],
  ] as const) {
    const folder = await claimRunFolder(undefined, name);
    await writeFile(folder.file('record'), '{}');
    await utimes(folder.file('record'), time, time);
  }
  await claimRunFolder(undefined, 'unfinished');
  expect(await latestRun()).toBe(join(place, 'runs/b'));
});

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { readCached, writeCached } from './file-cache.js';
import { defaultCacheDir, nodePlatform } from './node-platform.js';
import { sha256 } from './sha256.js';

const content = new TextEncoder().encode('the data');
const file = { name: 'data.bin', bytes: content.length, sha256: sha256(content) };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-'));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

it('keeps a file under its name in a folder it makes, and nothing else', async () => {
  const cache = join(folder, 'a', 'b');
  expect(await readCached(file, cache)).toEqual({});
  const path = join(cache, 'data.bin');
  expect(await writeCached(file, content, cache)).toEqual({ path });
  expect(await readdir(cache)).toEqual(['data.bin']);
  expect(await readCached(file, cache)).toEqual({ bytes: content, path });
});

it('does not use a damaged file, and says so', async () => {
  await writeFile(join(folder, 'data.bin'), 'the dat');
  const found = await readCached(file, folder);
  expect(found).toEqual({ note: expect.stringMatching(/data\.bin is damaged \(its SHA-256 differs\)/) });
  await writeCached(file, content, folder);
  expect(await readFile(join(folder, 'data.bin'), 'utf8')).toBe('the data');
});

it('says why it cannot keep a file; many writers at once do not disturb each other', async () => {
  await writeFile(join(folder, 'occupied'), '');
  const kept = await writeCached(file, content, join(folder, 'occupied', 'cache'));
  expect(kept).toEqual({
    note: expect.stringMatching(/only in memory: .*data\.bin cannot be written \(ENOTDIR|EEXIST/),
  });
  const all = await Promise.all(Array.from({ length: 8 }, () => writeCached(file, content, folder)));
  expect(all.every(({ path }) => path === join(folder, 'data.bin'))).toBe(true);
  expect((await readdir(folder)).sort()).toEqual(['data.bin', 'occupied']);
});

it.skipIf(process.platform !== 'linux')('gives up where no folder can be made', async () => {
  for (const cache of ['/proc/x', '/proc/x/y/z']) {
    expect((await writeCached(file, content, cache)).note).toMatch(/cannot be written \(ENOENT/);
  }
});

it('leaves no half file when its place is taken by a folder', async () => {
  await mkdir(join(folder, 'data.bin', 'x'), { recursive: true });
  expect((await writeCached(file, content, folder)).note).toMatch(/cannot be written/);
  expect(await readdir(folder)).toEqual(['data.bin']);
  expect((await readCached(file, folder)).bytes).toBeUndefined();
});

it('lies where the platform keeps such things, or where OSTINATO_CACHE says', () => {
  const node = nodePlatform()!;
  const at = (name: string, env: Record<string, string>) =>
    defaultCacheDir({ ...node, name, env, os: { ...node.os, homedir: () => '/home/ada' } });
  expect(at('linux', {})).toBe('/home/ada/.cache/ostinato');
  expect(at('linux', { XDG_CACHE_HOME: '/x' })).toBe('/x/ostinato');
  expect(at('darwin', {})).toBe('/home/ada/Library/Caches/ostinato');
  expect(at('win32', { LOCALAPPDATA: '/local' })).toBe('/local/ostinato/Cache');
  expect(at('win32', { OSTINATO_CACHE: '/mine' })).toBe('/mine');
});

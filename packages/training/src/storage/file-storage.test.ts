import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testStorage } from '@ostinato/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStorage } from './file-storage.js';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostinato-storage-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('it is a storage, also in folders that are not there yet', async () => {
  await testStorage(fileStorage(folder));
  await testStorage(fileStorage(join(folder, 'not', 'yet', 'there')));
});

test('a value is a file of that name, replaced whole, with nothing beside it', async () => {
  const storage = fileStorage(folder);
  await storage.write('a.txt', text('old and long'));
  await storage.write('a.txt', text('new'));
  expect(await readFile(join(folder, 'a.txt'), 'utf8')).toBe('new');
  expect(await readdir(folder)).toEqual(['a.txt']);
});

test('an empty list where there is no folder, which asking does not make', async () => {
  const storage = fileStorage(join(folder, 'absent'));
  expect([await storage.list(), await storage.read('a')]).toEqual([[], undefined]);
  expect(await readdir(folder)).toEqual([]);
});

test('a folder that is not to be made has to be there', async () => {
  const storage = fileStorage(join(folder, 'absent'), { create: false });
  await expect(storage.write('a', text('x'))).rejects.toThrow(
    /absent.*write 'a': the folder is not there.*\(storage-missing\)/,
  );
  await expect(storage.append('p/a', text('x'))).rejects.toMatchObject({ code: 'storage-missing' });
  expect(await readdir(folder)).toEqual([]);
});

test('a path that leads through a file', async () => {
  await writeFile(join(folder, 'file'), 'mine');
  for (const storage of [fileStorage(join(folder, 'file')), fileStorage(join(folder, 'file', 'below'))]) {
    await expect(storage.write('a', text('x'))).rejects.toThrow(
      /a file and not a folder.*\(storage-missing\)/,
    );
    await expect(storage.list()).rejects.toMatchObject({ code: 'storage-missing' });
  }
  expect(await readFile(join(folder, 'file'), 'utf8')).toBe('mine');
});

test('a place where folders cannot be made', async ({ skip }) => {
  skip(!existsSync('/proc/self'), 'there is no /proc');
  await expect(fileStorage('/proc/ostinato/run').write('a', text('x'))).rejects.toMatchObject({
    code: expect.stringMatching(/^storage-(missing|denied)$/),
  });
});

/** Mounts a file system in memory; the reason why not, if it cannot be done. */
function mount(options: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return `mounting is not possible here: ${(error as Error).message.split('\n')[0]}`;
  }
}

test('a full disk: the old value stays, nothing is left behind, an addition is taken back', async ({
  skip,
}) => {
  const reason = mount('size=64k');
  skip(reason !== undefined, reason);
  try {
    const storage = fileStorage(folder);
    await storage.write('state', text('good'));
    await storage.append('log', text('one\n'));
    await expect(storage.write('state', new Uint8Array(100_000))).rejects.toThrow(
      /write 'state': the disk is full.*\(storage-full\)/,
    );
    await expect(storage.append('log', new Uint8Array(100_000))).rejects.toMatchObject({
      code: 'storage-full',
    });
    expect(new TextDecoder().decode(await storage.read('state'))).toBe('good');
    expect(new TextDecoder().decode(await storage.read('log'))).toBe('one\n');
    expect((await readdir(folder)).sort()).toEqual(['log', 'state']);
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('a read-only file system', async ({ skip }) => {
  const reason = mount('ro,size=64k');
  skip(reason !== undefined, reason);
  try {
    const storage = fileStorage(folder);
    for (const use of [() => storage.write('a', text('x')), () => storage.append('b', text('x'))]) {
      await expect(use()).rejects.toThrow(/the file system is read-only.*\(storage-denied\)/);
    }
    expect(await storage.list()).toEqual([]);
  } finally {
    execFileSync('umount', [folder]);
  }
});

test('what killed writers left is no key, and is removed once it is old', async () => {
  const dead = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => dead.on('exit', resolve));
  const names = [`.a.${dead.pid}-1.partial`, `.b.${dead.pid}-2.partial`, `.c.${process.pid}-9999.partial`];
  for (const name of names) await writeFile(join(folder, name), 'half');
  for (const name of [names[0]!, names[2]!]) await utimes(join(folder, name), 1000, 1000);
  const storage = fileStorage(folder);
  expect(await storage.list()).toEqual([]);
  await storage.write('a', text('whole'));
  expect((await readdir(folder)).sort()).toEqual([names[1], names[2], 'a'].sort());
});

test('a folder in the place of a file', async () => {
  await mkdir(join(folder, 'a', 'full'), { recursive: true });
  await expect(fileStorage(folder).write('a', text('x'))).rejects.toMatchObject({ code: 'storage-failed' });
  expect(await readdir(folder)).toEqual(['a']);
});

test('what is no folder, and what are no bytes', async () => {
  for (const bad of ['', 'a\0b', 7 as never]) {
    expect(() => fileStorage(bad)).toThrow(expect.objectContaining({ code: 'config-folder' }));
  }
  expect(() => fileStorage('a', { make: true } as never)).toThrow(/config-unknown/);
  await expect(fileStorage(folder).write('a', 'text' as never)).rejects.toMatchObject({
    code: 'storage-bytes',
  });
});

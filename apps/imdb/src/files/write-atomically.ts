/** Files that are whole or not there, and the question beforehand whether they can be. */
import { mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { OstinatoError } from '@ostinato/core';

/**
 * Writes beside the file and renames, so that no reader meets half of it and a failure leaves the old one.
 *
 * Throws   `file-unwritable`
 */
export async function writeAtomically(file: string, content: string | Uint8Array): Promise<void> {
  const path = resolve(file);
  let partial: string | undefined;
  try {
    partial = await mkdtemp(join(dirname(path), '.partial-'));
    const written = join(partial, basename(path));
    await writeFile(written, content);
    await rename(written, path);
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
  }
}

/** A value as indented JSON. Throws `file-unwritable`. */
export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeAtomically(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Throws `file-unwritable` when `writeAtomically` could not put a file there. Leaves nothing behind. */
export async function checkWritable(file: string): Promise<void> {
  const path = resolve(file);
  try {
    await rm(await mkdtemp(join(dirname(path), '.partial-')), { recursive: true });
    const present = await stat(path).catch(() => undefined);
    if (present?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' });
  } catch (error) {
    throw unwritable(path, error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  ENOTDIR: 'a folder of its path is a file',
  EEXIST: 'there is a file in its place',
  EISDIR: 'it is a folder',
  EACCES: 'permission is missing',
  EPERM: 'permission is missing',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** A system's error in plain words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return (code && reasons[code]) ?? message;
}

function unwritable(path: string, cause: unknown): OstinatoError {
  return new OstinatoError('file-unwritable', {
    where: 'ostinato-imdb',
    what: `${path} cannot be written: ${reasonOf(cause)}`,
    fix: 'Name a file in a folder that exists and can be written to',
    cause,
  });
}

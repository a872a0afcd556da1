/**
 * The few functions of Node's file system that saving needs.
 *
 * They are asked of the process and not imported, so that bundlers for browsers meet no `node:` module.
 */
import { OstinatoError } from '@ostinato/core';

interface FileHandle {
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

interface NodeFiles {
  open(path: string, flags: string): Promise<FileHandle>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
}

interface NodeProcess {
  readonly pid: number;
  getBuiltinModule?(name: string): unknown;
}

/** Throws `no-files` where there is no Node. */
function nodeFiles(where: string): { files: NodeFiles; pid: number } {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const files = process?.getBuiltinModule?.('node:fs/promises') as NodeFiles | undefined;
  if (process && files) return { files, pid: process.pid };
  throw new OstinatoError('no-files', {
    where,
    what: 'There is no file system here',
    fix: 'Use model.toBytes() and modelFromBytes() outside of Node',
  });
}

/** Throws what Node throws. */
export async function readWhole(path: string, where: string): Promise<Uint8Array> {
  return nodeFiles(where).files.readFile(path);
}

let written = 0;

/**
 * Puts a file in its place whole or not at all: written beside it, flushed, then renamed.
 *
 * Throws what Node throws; the temporary file is then removed.
 */
export async function writeWhole(path: string, bytes: Uint8Array, where: string): Promise<void> {
  const { files, pid } = nodeFiles(where);
  written += 1;
  const temporary = `${path}.${pid}-${written}.tmp`;
  const handle = await files.open(temporary, 'wx');
  try {
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(temporary, path);
  } catch (error) {
    await files.unlink(temporary).catch(() => undefined);
    throw error;
  }
}

/**
 * The few functions of Node's file system that writing whole files needs.
 *
 * They are asked of the process and not imported, so that bundlers for browsers meet no `node:` module.
 */
import { OstinatoError } from '@ostinato/core';

interface FileHandle {
  writeFile(bytes: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  stat(): Promise<{ readonly size: number }>;
  truncate(size: number): Promise<void>;
  close(): Promise<void>;
}

interface FolderEntry {
  readonly name: string;
  isDirectory(): boolean;
  isFile(): boolean;
}

/** Node's `fs/promises`, as far as it is used. */
export interface NodeFiles {
  open(path: string, flags: string): Promise<FileHandle>;
  readFile(path: string): Promise<Uint8Array>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  mkdir(path: string): Promise<unknown>;
  readdir(path: string, options: { readonly withFileTypes: true }): Promise<readonly FolderEntry[]>;
  stat(path: string): Promise<{ readonly mtimeMs: number; isDirectory(): boolean }>;
}

/** Node's `path`, as far as it is used. */
interface NodePaths {
  join(...parts: string[]): string;
  dirname(path: string): string;
  basename(path: string): string;
}

export interface Node {
  readonly files: NodeFiles;
  readonly paths: NodePaths;
  readonly pid: number;
  /** Whether a process of this number runs on this machine. */
  readonly runs: (pid: number) => boolean;
}

interface NodeProcess {
  readonly pid: number;
  kill(pid: number, signal: 0): boolean;
  getBuiltinModule?(name: string): unknown;
}

/** Throws `no-files` where there is no Node. */
export function needNode(where: string): Node {
  const { process } = globalThis as { readonly process?: NodeProcess };
  const files = process?.getBuiltinModule?.('node:fs/promises') as NodeFiles | undefined;
  const paths = process?.getBuiltinModule?.('node:path') as NodePaths | undefined;
  if (process && files && paths) return { files, paths, pid: process.pid, runs: (pid) => runs(process, pid) };
  throw new OstinatoError('no-files', {
    where,
    what: 'There is no file system here',
    fix: 'Outside of Node use model.toBytes() and modelFromBytes(), or another storage, such as indexedDBStorage()',
  });
}

function runs(process: NodeProcess, pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM'; // it runs, and is somebody else's
  }
}

/** `ENOENT` and the like, of what Node throws. */
export function codeOf(error: unknown): string | undefined {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' ? code : undefined;
}

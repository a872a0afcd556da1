/** Files that are written whole or not at all: the one way in which this package puts a file on disk. */
import { type Node, needNode } from './node-files.js';

/** Throws what Node throws, and `no-files`. */
export async function readWhole(path: string, where: string): Promise<Uint8Array> {
  return needNode(where).files.readFile(path);
}

let written = 0;

/**
 * Puts a file in its place: written beside it under a hidden name, flushed, renamed, and the folder flushed. Killed at
 * any moment, there is the old file or the new one.
 *
 * Throws what Node throws, and `no-files`; the hidden file is then removed
 */
export async function writeWhole(path: string, bytes: Uint8Array, where: string): Promise<void> {
  const node = needNode(where);
  const { files, paths, pid } = node;
  written += 1;
  const folder = paths.dirname(path);
  const partial = paths.join(folder, `.${paths.basename(path)}.${pid}-${written}.partial`);
  const handle = await files.open(partial, 'wx');
  try {
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(partial, path);
  } catch (error) {
    await files.unlink(partial).catch(() => undefined);
    throw error;
  }
  await flushFolder(node, folder);
}

/** The new name survives a loss of power only once the folder is on disk too. Windows cannot, and need not. */
async function flushFolder({ files }: Node, folder: string): Promise<void> {
  const handle = await files.open(folder, 'r').catch(() => undefined);
  try {
    await handle?.sync();
  } catch {
    // a file system that does not flush folders
  } finally {
    await handle?.close();
  }
}

/** How long a hidden file has to be left alone before it counts as left behind, in milliseconds. */
const ABANDONED = 60_000;

/** Removes the hidden files of writers that were killed. What cannot be removed stays: it is in nobody's way. */
export async function removeAbandoned(folder: string, where: string): Promise<void> {
  const { files, paths, runs } = needNode(where);
  const entries = await files.readdir(folder, { withFileTypes: true });
  for (const { name } of entries) {
    const [, pid] = /^\..+\.(\d+)-\d+\.partial$/.exec(name) ?? [];
    if (pid === undefined || runs(Number(pid))) continue;
    const path = paths.join(folder, name);
    const found = await files.stat(path).catch(() => undefined);
    const old = found && Date.now() - found.mtimeMs > ABANDONED; // younger: maybe another machine's, on a shared disk
    if (old) await files.unlink(path).catch(() => undefined);
  }
}

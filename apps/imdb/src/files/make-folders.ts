/** Folders, made one level at a time. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes the folder and those above it that are missing.
 *
 * Not by Node's `recursive`, which never returns where the system answers ENOENT below a folder that exists, as in
 * /proc.
 *
 * @param path absolute
 * @returns the outermost folder that was made, if any
 */
export async function makeFolders(path: string): Promise<string | undefined> {
  const missing: string[] = [];
  for (let at = path; !(await isThere(at)); at = dirname(at)) {
    missing.push(at);
    if (dirname(at) === at) break; // a drive that is not there: mkdir says so
  }
  let outermost: string | undefined;
  for (const folder of missing.reverse()) {
    if (await makeFolder(folder)) outermost ??= folder;
  }
  return outermost;
}

async function isThere(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`EEXIST: ${path} is not a folder`), { code: 'EEXIST' });
}

/** False when another program has made it in the meantime. */
async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await isThere(path))) return false;
    throw error;
  }
}

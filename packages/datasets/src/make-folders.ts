/**
 * Folders, made one level at a time.
 */
import type { NodePlatform } from './node-platform.js';

/**
 * Makes the folder and those above it that are missing; throws what the system says when it cannot.
 *
 * Not by Node's `recursive`, which never returns where the system answers ENOENT below a folder that exists, as in
 * /proc.
 *
 * @param path absolute
 */
export async function makeFolders({ fs, path: paths }: NodePlatform, path: string): Promise<void> {
  const missing: string[] = [];
  for (let at = path; !(await isThere(fs, at)); at = paths.dirname(at)) {
    missing.push(at);
    if (paths.dirname(at) === at) break; // a drive that is not there: mkdir says so
  }
  for (const folder of missing.reverse()) {
    try {
      await fs.mkdir(folder);
    } catch (error) {
      // Another program may have made it in the meantime.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isThere(fs, folder))) throw error;
    }
  }
}

async function isThere(fs: NodePlatform['fs'], path: string): Promise<boolean> {
  try {
    if ((await fs.stat(path)).isDirectory()) return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
  throw Object.assign(new Error(`EEXIST: ${path} is not a folder`), { code: 'EEXIST' });
}

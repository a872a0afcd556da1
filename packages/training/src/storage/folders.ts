/** Folders that are to be there. */
import { codeOf, type Node } from './node-files.js';

/** What there is not is no error where it is only asked for. */
export async function ifThere<T>(found: Promise<T>, otherwise: T): Promise<T> {
  try {
    return await found;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return otherwise;
    throw error;
  }
}

/** One level at a time: Node's `recursive` never returns where the system answers ENOENT below a folder that is there. */
export async function makeFolders({ files, paths }: Node, folder: string): Promise<void> {
  const missing: string[] = [];
  for (let at = folder; !(await isFolder(files, at)); at = paths.dirname(at)) {
    missing.push(at);
    if (paths.dirname(at) === at) break;
  }
  for (const path of missing.reverse()) {
    await files.mkdir(path).catch(async (error: unknown) => {
      if (codeOf(error) !== 'EEXIST' || !(await isFolder(files, path))) throw error;
    });
  }
}

async function isFolder(files: Node['files'], path: string): Promise<boolean> {
  const found = await ifThere(files.stat(path), undefined);
  if (!found || found.isDirectory()) return found !== undefined;
  throw Object.assign(new Error(`${path} is a file`), { code: 'ENOTDIR' });
}

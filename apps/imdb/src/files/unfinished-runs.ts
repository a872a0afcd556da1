/** Runs that wait to go on. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { CHECKPOINTS, RUNS } from './run-folder.js';

/** Folders `runs/<name>`, `runs/<name>-2`, … that hold checkpoints, the one that was written last first. */
export async function unfinishedRuns(name: string): Promise<string[]> {
  const parent = resolve(RUNS);
  const names = await readdir(parent).catch(() => []);
  const ours = names.filter(
    (each) => each === name || (/^-\d+$/.test(each.slice(name.length)) && each.startsWith(name)),
  );
  const found: { path: string; time: number }[] = [];
  for (const each of ours) {
    const checkpoints = join(parent, each, CHECKPOINTS);
    const made = await readdir(checkpoints).catch(() => []);
    if (made.length === 0) continue;
    found.push({ path: join(parent, each), time: (await stat(checkpoints)).mtimeMs });
  }
  return found.sort((a, b) => b.time - a.time).map(({ path }) => path);
}

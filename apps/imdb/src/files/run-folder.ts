/** The folder of a run: its name, its files, and the latest one. */
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { isOstinatoError, OstinatoError } from '@ostinato/core';
import { holdRun } from './hold-run.js';
import { makeFolders } from './make-folders.js';
import { reasonOf } from './write-atomically.js';

/** Where runs are kept unless a folder is named. */
export const RUNS = 'runs';

/** The files of a run, and of a comparison, which has a folder for each of its runs. */
export const runFiles = {
  model: 'model.safetensors',
  record: 'run.json',
  training: 'training.json',
  history: 'history.json',
  report: 'report.html',
  words: 'word_index.json',
  comparison: 'compare.html',
  comparisonFigures: 'compare.json',
} as const;

/** Where a run keeps its checkpoints until it is finished. */
export const CHECKPOINTS = 'checkpoints';

/** A folder that was claimed for a run; no other process trains in it until it is left. */
export interface RunFolder {
  readonly path: string;
  file(kind: keyof typeof runFiles): string;
  /** The folder of its checkpoints, which need not be there. */
  readonly checkpoints: string;
  /** Lets others claim it, and takes back the folders that were made for it, as far as they are empty. */
  leave(): Promise<void>;
}

/**
 * Claims a folder: the named one, or `runs/<name>`, or `runs/<name>-2` and so on when that is taken.
 *
 * Throws   `out-taken` when the named folder holds results already · `run-busy` · `out-unwritable`
 */
export async function claimRunFolder(named: string | undefined, name: string): Promise<RunFolder> {
  const path = resolve(named ?? RUNS);
  try {
    const made = await makeFolders(path);
    const claimed = named === undefined ? await claimNumbered(path, name) : path;
    const outermost = made ?? (named === undefined ? claimed : undefined);
    return await unlessTaken(await holdFolder(claimed, outermost));
  } catch (error) {
    if (isOstinatoError(error)) throw error;
    throw unwritable(path, error);
  }
}

/**
 * The folder of a run that was broken off, without what a killed program left of files that it was writing.
 *
 * Throws   `run-busy` when another process trains it, and nothing is touched · `out-unwritable`
 */
export async function reopenRunFolder(named: string): Promise<RunFolder> {
  const path = resolve(named);
  let folder: RunFolder;
  try {
    folder = await holdFolder(path, undefined);
  } catch (error) {
    if (isOstinatoError(error)) throw error;
    throw unwritable(path, error, 'Make it writable, or go on with a copy of the folder');
  }
  const names = await readdir(path).catch(() => []);
  for (const name of names.filter((each) => each.startsWith('.partial-'))) {
    // Again where a program that is about to be refused writes into what is deleted.
    await rm(join(path, name), { recursive: true, force: true, maxRetries: 3 });
  }
  return folder;
}

/** Takes back what was made for it when it cannot be had. `made`: the outermost folder that was made for it, if any. */
async function holdFolder(path: string, made: string | undefined): Promise<RunFolder> {
  const takeBack = async () => made !== undefined && removeEmpty(path, made);
  try {
    return runFolder(path, await holdRun(path), takeBack);
  } catch (error) {
    await takeBack();
    throw error;
  }
}

function runFolder(path: string, release: () => Promise<void>, takeBack: () => Promise<unknown>): RunFolder {
  return {
    path,
    file: (kind) => join(path, runFiles[kind]),
    checkpoints: join(path, CHECKPOINTS),
    async leave() {
      await release();
      await takeBack();
    },
  };
}

/** Removes empty folders from the innermost to the outermost; the first that is not empty ends it. */
async function removeEmpty(innermost: string, outermost: string): Promise<void> {
  try {
    for (let path = innermost; path.length >= outermost.length; path = dirname(path)) await rmdir(path);
  } catch {
    // Not empty: something is kept there.
  }
}

/** Makes the first folder of the series that is not there; two programs at once get two folders. */
async function claimNumbered(parent: string, name: string): Promise<string> {
  for (let number = 1; ; number++) {
    const path = join(parent, number === 1 ? name : `${name}-${number}`);
    try {
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

/** The folder, or `out-taken`. It is looked into after it was claimed: whoever had it before has written all of it. */
async function unlessTaken(folder: RunFolder): Promise<RunFolder> {
  const { path } = folder;
  const ours: readonly string[] = [...Object.values(runFiles), CHECKPOINTS];
  const present = (await readdir(path)).filter((file) => ours.includes(file));
  if (present.length === 0) return folder;
  await folder.leave();
  throw new OstinatoError('out-taken', {
    where: 'ostinato-imdb',
    what: `${path} holds results already (${present.join(', ')})`,
    fix: 'Name another folder with --out, or leave --out away: folders are then numbered. A run that was broken off goes on with --resume',
  });
}

/**
 * The run that was written last below `runs/`.
 *
 * Throws   `run-none`
 */
export async function latestRun(): Promise<string> {
  const parent = resolve(RUNS);
  const names = await readdir(parent).catch(() => []);
  let latest: { path: string; time: number } | undefined;
  for (const name of names) {
    const path = join(parent, name);
    const written = await stat(join(path, runFiles.record)).catch(() => undefined);
    if (written && written.mtimeMs >= (latest?.time ?? 0)) latest = { path, time: written.mtimeMs };
  }
  if (latest) return latest.path;
  throw new OstinatoError('run-none', {
    where: 'ostinato-imdb',
    what: `There is no run in ${parent}`,
    fix: 'Train a model first (ostinato-imdb train), or name one with --run or --model-file; a comparison holds one for each network',
  });
}

function unwritable(
  path: string,
  cause: unknown,
  fix = 'Name a folder that can be written to with --out',
): OstinatoError {
  return new OstinatoError('out-unwritable', {
    where: 'ostinato-imdb',
    what: `No run can be kept in ${path}: ${reasonOf(cause)}`,
    fix,
    cause,
  });
}

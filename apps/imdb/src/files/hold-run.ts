/**
 * One process trains a run: the mark that says which.
 *
 * The mark is a file in the folder `running` of the run, under a name of its own. The folder is made elsewhere and renamed
 * into place, which fails where one stands that is not empty: a mark is there whole or not at all, and of several programs
 * one succeeds. A dead process's mark is deleted by its name, so that nobody can delete a living one that took its place.
 *
 * Not the system's own locks, which need machine code for each platform; not a file's age, after which a run that was
 * killed would have to wait.
 */
import { mkdtemp, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { OstinatoError } from '@ostinato/core';
import { lives, type Mark, markOf, parseMark } from './process-mark.js';

/** The folder of the mark. */
const RUNNING = 'running';

const TRIES = 10;

/**
 * Marks the run in a folder as trained by this process. Returns what takes the mark away.
 *
 * Throws   `run-busy` when another process trains it, and nothing was written · what the system says where nothing can be
 */
export async function holdRun(folder: string): Promise<() => Promise<void>> {
  const mark = await markOf(process.pid);
  const running = join(folder, RUNNING);
  for (let tries = 1; ; tries++) {
    await clearDead(folder);
    const made = await mkdtemp(join(folder, '.partial-'));
    const name = `${basename(made).replace('.partial', `${mark.pid}`)}.json`;
    try {
      await writeFile(join(made, name), `${JSON.stringify(mark, null, 2)}\n`);
      await rename(made, running);
      return () => remove(join(running, name), running);
    } catch (error) {
      await rm(made, { recursive: true, force: true });
      if (tries === TRIES) throw error;
      await setTimeout(5 * tries); // most likely another was quicker: its mark is read now
    }
  }
}

/** Deletes marks of processes that are no more. Throws `run-busy` at one that lives. */
async function clearDead(folder: string): Promise<void> {
  const running = join(folder, RUNNING);
  for (const name of (await ifThere(readdir(running))) ?? []) {
    const file = join(running, name);
    const mark = parseMark(await ifThere(readFile(file, 'utf8')));
    if (mark && (await lives(mark))) throw busy(folder, file, mark);
    await rm(file, { force: true });
  }
  await rmdir(running).catch(() => undefined);
}

/** What cannot be deleted stays: it marks a process that is about to end. */
async function remove(file: string, running: string): Promise<void> {
  await rm(file, { force: true }).catch(() => undefined);
  await rmdir(running).catch(() => undefined);
}

async function ifThere<T>(value: Promise<T>): Promise<T | undefined> {
  return value.catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

function busy(folder: string, file: string, { pid, host, since }: Mark): OstinatoError {
  const who = host === hostname() ? `Process ${pid}` : `Process ${pid} on ${host}`;
  return new OstinatoError('run-busy', {
    where: 'ostinato-imdb',
    what: `${who} trains the run in ${folder} since ${since}`,
    fix: `Wait until it has ended, or end it. If no such process trains this run, delete ${file}`,
  });
}

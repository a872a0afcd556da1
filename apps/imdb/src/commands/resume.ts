/** Going on with a run that was broken off: its settings, and what must not contradict them. */
import { resolve } from 'node:path';
import { isOstinatoError, OstinatoError, show } from '@ostinato/core';
import type { DataSource } from '@ostinato/datasets';
import type { TrainOptions } from '../arguments/requests.js';
import { type RunFolder, reopenRunFolder } from '../files/run-folder.js';
import {
  freeSettings,
  readTrainingRecord,
  settingNames,
  type TrainingRecord,
} from '../files/training-record.js';

export interface Resumption {
  readonly folder: RunFolder;
  readonly record: TrainingRecord;
  /** The settings of the run, and the options that are not its own. */
  readonly options: TrainOptions;
}

/**
 * Opens the run that `options.resume` names, for this process alone.
 *
 * Throws   `resume-none`, `resume-form`, `run-newer` · `run-busy` · `out-unwritable` · `resume-finished` · `usage-resume-conflict` for an option that says
 *          something else than the run was begun with
 */
export async function reopen(options: TrainOptions): Promise<Resumption> {
  await readTrainingRecord(resolve(options.resume!)); // where there is no run nothing is claimed
  const folder = await reopenRunFolder(options.resume!);
  try {
    return await goOnIn(folder, options);
  } catch (error) {
    await folder.leave();
    throw error;
  }
}

async function goOnIn(folder: RunFolder, options: TrainOptions): Promise<Resumption> {
  const record = await readTrainingRecord(folder.path); // as the process that trained it last has left it
  if (record.sessions.at(-1)?.how === 'finished') throw finished(folder.path);
  const { given = [] } = options;
  const { settings } = record;
  for (const name of settingNames) {
    const free = freeSettings.includes(name) || !given.includes(name);
    if (!free && show(options[name]) !== show(settings[name])) throw conflict(name, options, settings[name]);
  }
  const own = Object.fromEntries(
    freeSettings.filter((name) => given.includes(name)).map((name) => [name, options[name]]),
  );
  return { folder, record, options: { ...options, ...settings, ...own } };
}

/** Throws `resume-data` when the reviews are not those that the run was begun with. */
export function checkSameData({ data }: TrainingRecord, source: DataSource): void {
  if (source.sha256 === data.sha256) return;
  throw new OstinatoError('resume-data', {
    where: 'ostinato-imdb',
    what: 'The reviews are not those that this run was begun with',
    expected: `${data.name} with SHA-256 ${data.sha256}`,
    received: `${source.name} with SHA-256 ${source.sha256}`,
    fix: 'Name the file of the run with --data',
  });
}

/** Says of reviews that cannot be read where the run had them, and that they may have moved. */
export function missingData(error: unknown, { data, settings }: TrainingRecord): never {
  if (!isOstinatoError(error, 'file-not-found') || settings.data === undefined) throw error;
  throw new OstinatoError('resume-data', {
    where: 'ostinato-imdb',
    what: 'The reviews of this run are not where they were',
    expected: `${data.name} with SHA-256 ${data.sha256} at ${settings.data}`,
    received: error.message,
    fix: 'Name where they are now with --data',
    cause: error,
  });
}

function finished(path: string): OstinatoError {
  return new OstinatoError('resume-finished', {
    where: 'ostinato-imdb',
    what: `The run in ${path} is finished: there is nothing to go on with`,
    fix: 'See its report.html, test it again with evaluate --run, or begin another run',
  });
}

function conflict(name: keyof TrainOptions, options: TrainOptions, expected: unknown): OstinatoError {
  const option = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  return new OstinatoError('usage-resume-conflict', {
    where: 'ostinato-imdb train',
    what: `${option} contradicts the run that --resume names`,
    expected: show(expected),
    received: show(options[name]),
    fix: `Leave ${option} away: a run goes on under the settings it was begun with`,
  });
}

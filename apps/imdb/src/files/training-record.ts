/**
 * `training.json`: what a run is, written before its first batch, so that it can go on after it was broken off and be
 * repeated later; and each session of it, with the machine and the versions that computed.
 */
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { OstinatoError } from '@ostinato/core';
import type { DataSource } from '@ostinato/datasets';
import type { TrainOptions } from '../arguments/requests.js';
import type { Surroundings } from '../surroundings.js';
import { runFiles } from './run-folder.js';
import { reasonOf } from './write-atomically.js';

/** Raised when older programs would misread a record. */
const FORMAT = 1;

/** The options that shape the result, or say where the data are. */
export const settingNames = [
  ...['model', 'epochs', 'units', 'embedding', 'maxLen', 'numWords', 'batchSize', 'validationSplit'],
  ...[
    'seed',
    'bucket',
    'backend',
    'fused',
    'threads',
    'data',
    'sha256',
    'wordIndex',
    'offline',
    'checkpointEvery',
  ],
] as const satisfies readonly (keyof TrainOptions)[];

/** What may differ when a run goes on: nothing of the result depends on it, or it is checked in another way. */
export const freeSettings: readonly (keyof TrainOptions)[] = [
  ...(['threads', 'data', 'sha256', 'wordIndex', 'offline', 'checkpointEvery'] as const),
];

export type Settings = Pick<TrainOptions, 'model' | 'epochs' | 'seed'> & Partial<TrainOptions>;

/** From one start of the program to its end, or to the kill that ended it. */
export interface SessionRecord extends Surroundings {
  readonly started: string;
  /** null while it runs; it stays null when the program was killed. */
  readonly ended: string | null;
  /** 'finished', 'interrupted', or what stopped it. */
  readonly how: string | null;
}

export interface TrainingRecord {
  readonly format: typeof FORMAT;
  readonly settings: Settings;
  readonly data: Pick<DataSource, 'name' | 'sha256' | 'kind'>;
  readonly sessions: readonly SessionRecord[];
}

export function newRecord(options: TrainOptions, { name, sha256, kind }: DataSource): TrainingRecord {
  const paths = { data: absolute(options.data), wordIndex: absolute(options.wordIndex) };
  const all = { ...options, ...paths };
  const settings = Object.fromEntries(settingNames.map((option) => [option, all[option]]));
  return {
    format: FORMAT,
    settings: settings as unknown as Settings,
    data: { name, sha256, kind },
    sessions: [],
  };
}

/** It goes on from any folder. */
function absolute(path: string | undefined): string | undefined {
  return path === undefined ? undefined : resolve(path);
}

/** Throws `resume-none` when there is no record · `resume-form` when it is none · `run-newer` */
export async function readTrainingRecord(folder: string): Promise<TrainingRecord> {
  const file = join(folder, runFiles.training);
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    throw new OstinatoError('resume-none', {
      where: 'ostinato-imdb',
      what: `There is no run to go on with: ${file} cannot be read, because ${reasonOf(cause)}`,
      fix: 'Name the folder of a run with --resume, or begin one without it',
      cause,
    });
  }
  return parseRecord(text, file);
}

function parseRecord(text: string, file: string): TrainingRecord {
  let record: Partial<TrainingRecord> | null = null;
  try {
    record = JSON.parse(text) as Partial<TrainingRecord> | null;
  } catch {
    // Said below: text that is not JSON is no record.
  }
  const { format, settings, data, sessions } = record ?? {};
  if (typeof format === 'number' && format > FORMAT) {
    throw new OstinatoError('run-newer', {
      where: file,
      what: 'The run was begun by a newer version of this program',
      expected: `format ${FORMAT}`,
      received: `${format}`,
      fix: 'Update the program',
    });
  }
  const whole = typeof settings === 'object' && typeof data?.sha256 === 'string' && Array.isArray(sessions);
  if (format === FORMAT && settings && whole) return record as TrainingRecord;
  throw new OstinatoError('resume-form', {
    where: file,
    what: 'This is not the record of a training',
    expected: `JSON with format ${FORMAT}, settings, data and sessions`,
    received: text.slice(0, 60),
    fix: 'Begin the training anew',
  });
}

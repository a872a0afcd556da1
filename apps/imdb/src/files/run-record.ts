/** `run.json`: what `evaluate` and `predict` must know of a run besides its weights. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { OstinatoError } from '@ostinato/core';
import type { DataSource, ReviewEncoding } from '@ostinato/datasets';
import type { ModelKind } from '../recipe.js';
import { resumeCommand } from './resume-command.js';
import { runFiles } from './run-folder.js';
import { reasonOf } from './write-atomically.js';

/** Raised when older programs would misread a record. */
export const RECORD_FORMAT = 1;

export interface RunRecord {
  readonly format: typeof RECORD_FORMAT;
  readonly model: ModelKind;
  readonly seed: number;
  readonly maxLen: number;
  readonly encoding: ReviewEncoding;
  readonly source: DataSource;
  readonly weightsSha256: string;
  /** null when the run ended before its test. */
  readonly test: { readonly loss: number; readonly accuracy: number } | null;
}

/** Throws `run-missing` when there is no such file · `run-unfinished` when its training was broken off before there was one · `run-form` when it is not one · `run-newer` */
export async function readRunRecord(file: string): Promise<RunRecord> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (existsSync(join(dirname(file), runFiles.training))) throw unfinished(dirname(file), cause);
    throw new OstinatoError('run-missing', {
      where: 'ostinato-imdb',
      what: `There is no run here: ${file} cannot be read, because ${reasonOf(cause)}`,
      fix: 'Name the folder of a run with --run',
      cause,
    });
  }
  return parseRecord(text, file);
}

function unfinished(folder: string, cause: unknown): OstinatoError {
  return new OstinatoError('run-unfinished', {
    where: 'ostinato-imdb',
    what: `The training in ${folder} was broken off, or still runs: it has kept no model yet`,
    fix: `It goes on with: ${resumeCommand(folder)}`,
    cause,
  });
}

function parseRecord(text: string, file: string): RunRecord {
  let record: Partial<RunRecord> | null = null;
  try {
    record = JSON.parse(text) as Partial<RunRecord> | null;
  } catch {
    // Said below: text that is not JSON is no record.
  }
  const format: unknown = record?.format;
  if (typeof format === 'number' && format > RECORD_FORMAT) {
    throw new OstinatoError('run-newer', {
      where: file,
      what: 'The run was written by a newer version of this program',
      expected: `format ${RECORD_FORMAT}`,
      received: `${format}`,
      fix: 'Update the program',
    });
  }
  const whole =
    format === RECORD_FORMAT &&
    Number.isInteger(record?.maxLen) &&
    isObject(record?.encoding) &&
    isObject(record?.source);
  if (whole) return record as RunRecord;
  throw new OstinatoError('run-form', {
    where: file,
    what: 'This is not the record of a run',
    expected: `JSON with format ${RECORD_FORMAT}, maxLen, encoding and source`,
    received: text.slice(0, 60),
    fix: 'Train again, or name another run with --run',
  });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

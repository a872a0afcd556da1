/** Writes a table of the epochs. */
import { checkBoolean, checkFields, OstinatoError, show } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import { asValidation } from '../history.js';
import type { Logs } from '../running-figures.js';
import type { Storage } from '../storage/storage.js';
import { LogFile, placeOf } from './log-file.js';

export interface CSVLoggerOptions {
  /** The path of the file, or its key in `storage`. */
  readonly filename: string;
  /** Default: the file system of Node. */
  readonly storage?: Storage;
  /** One character. Default ','. */
  readonly separator?: string;
  /** Goes on with a file that is there. Default false: it begins empty. */
  readonly append?: boolean;
}

const WHERE = 'csvLogger';

/**
 * A row for each epoch, under a header: `epoch`, counted from 0, then the figures in the order of the history. A figure
 * that an epoch lacks is NA; columns for validation are always there. RFC 4180, with lines that end in CR LF.
 *
 * A training that goes on from a checkpoint cuts the file back to where it was then: no row twice, none lost.
 *
 * Throws   `config-…`; `csv-columns` when the figures are others than those of the header; `log-shorter`; `storage-…`
 * Differs  Keras sorts the columns
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [csvLogger({ filename: 'runs/first.csv' })] });
 */
export function csvLogger(options: CSVLoggerOptions): Callback {
  const { file, separator } = checked(options);
  const encoder = new TextEncoder();
  let columns: readonly string[] | undefined;
  return {
    name: WHERE,
    onTrainBegin: () => {
      columns = undefined;
      file.close();
    },
    onEpochBegin: () => file.open(),
    onEpochEnd: async (epoch, logs) => {
      await file.open();
      if (!columns) {
        columns = columnsOf(logs);
        const header = csvLine(columns, separator);
        if (file.length === 0) await file.add(encoder.encode(header));
        else sameHeader(await file.firstLine(), header);
      }
      await file.add(encoder.encode(csvLine(rowOf(epoch, logs, columns), separator)));
      await file.flush();
    },
    getState: async () => {
      await file.open();
      return { json: { bytes: file.length, columns: columns ?? null } };
    },
    setState: async ({ json }) => {
      const state = json as unknown as { bytes: number; columns: string[] | null };
      columns = state.columns ?? undefined;
      await file.goOnAt(state.bytes);
    },
  };
}

function checked(options: CSVLoggerOptions): { file: LogFile; separator: string } {
  checkFields(WHERE, options, ['filename', 'storage', 'separator', 'append']);
  const { filename, storage, separator = ',', append = false } = options;
  if (typeof separator !== 'string' || !/^[^"\r\n]$/u.test(separator)) {
    throw new OstinatoError('config-separator', {
      where: WHERE,
      what: '`separator` does not separate fields',
      expected: 'one character that is no quote and ends no line',
      received: show(separator),
    });
  }
  checkBoolean(WHERE, 'append', append);
  return { file: new LogFile(placeOf(filename, storage, WHERE, 'filename'), append, WHERE), separator };
}

/** The columns of these figures and, where there was no validation yet, of its figures too. */
function columnsOf(logs: Logs): readonly string[] {
  const names = Object.keys(logs);
  const validated = names.some((name) => /^val[A-Z]/.test(name));
  return ['epoch', ...names, ...(validated ? [] : Object.keys(asValidation(logs)))];
}

function rowOf(epoch: number, logs: Logs, columns: readonly string[]): readonly string[] {
  const figures: Readonly<Record<string, number>> = { epoch, ...logs };
  const extra = Object.keys(figures).filter((name) => !columns.includes(name));
  if (extra.length > 0) throw otherColumns(columns.join(', '), `${extra.join(', ')} besides`);
  return columns.map((name) => (figures[name] === undefined ? 'NA' : String(figures[name])));
}

/** Fields in quotes where they have to be, and the end of the line. */
function csvLine(fields: readonly string[], separator: string): string {
  const quoted = fields.map((field) =>
    field.includes(separator) || /["\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field,
  );
  return `${quoted.join(separator)}\r\n`;
}

function sameHeader(present: string, header: string): void {
  if (`${present}\r\n` !== header) throw otherColumns(show(present), show(header.trimEnd()));
}

function otherColumns(expected: string, received: string): OstinatoError {
  return new OstinatoError('csv-columns', {
    where: WHERE,
    what: 'The figures of this epoch are not those of the header',
    expected,
    received,
    fix: 'Name another file, or use jsonLinesLogger, whose lines may differ',
  });
}

/** The options of `csvSequences`: which column holds what, and how its text becomes numbers. */
import { checkBoolean, checkCount, checkFields, checkOptions, OstinatoError, show } from '@ostinato/core';
import { BATCH_FIELDS, type BatchForm, type BatchOptions, resolveForm } from './batch-sequences.js';
import { checkFunction } from './check-arguments.js';
import type { CsvRow } from './csv-rows.js';

/** A column by its name in the header, or by its place from 0. */
export type Column = string | number;

/** A row is a sequence, each step in a cell of its own. */
export interface WideColumns {
  /** What the sequence is to be told as; null when that is not known. */
  readonly label: Column | null;
  /** Default: all other columns. Empty cells at the end of a row then end its sequence. */
  readonly values?: readonly Column[];
}

/** A row is a sequence, all of it in one cell. */
export interface TextColumns {
  readonly label: Column | null;
  readonly text: Column;
}

/** A row is a step. The rows of one sequence follow each other. */
export interface LongColumns {
  readonly label: Column | null;
  /** The sequence that the step belongs to. */
  readonly id: Column;
  /** A number that must rise from step to step, if there is one: an hour, a count. */
  readonly step?: Column;
  /** What there is at each step. */
  readonly values: readonly Column[];
}

export type CsvColumns = WideColumns | TextColumns | LongColumns;

export interface CsvOptions extends Omit<BatchOptions, 'features'> {
  /** Default: the label in the first column, a step in each of the others. */
  readonly columns?: CsvColumns;
  /** Whether the first row holds the names of the columns. Default true. */
  readonly header?: boolean;
  /** Rows to pass over before the header. Default 0. */
  readonly skipRows?: number;
  /** Default ','. */
  readonly delimiter?: string;
  /** Default '"'; it is doubled within a quoted cell. */
  readonly quote?: string;
  /** Of the bytes, as `TextDecoder` knows it. Default 'utf-8'. */
  readonly encoding?: string;
  /** Between the steps in a cell of `text`. Default: white space. */
  readonly separator?: string;
  /** The id of each word, or the words in the order of their ids. Default: cells hold numbers. */
  readonly vocabulary?: ReadonlyMap<string, number> | readonly string[];
  /** The id of words that the vocabulary does not have. Default: such a word is an error. */
  readonly unknown?: number;
  /** Makes ids of a cell of `text` in place of `separator` and `vocabulary`, such as `encodeText` does. */
  readonly encode?: (text: string) => ArrayLike<number>;
  /** What labels are called, in the order of their class numbers. Default: labels are numbers. */
  readonly classes?: readonly string[];
  /** Sequences from which the next one of an epoch of training is drawn; 0 keeps the order of the file. Default 1024. */
  readonly shuffle?: number;
  /** The order of each epoch follows from it and the epoch's number. Default 1. */
  readonly seed?: number;
  /** Batches that are kept ready; 0 reads only when asked. Default 2. */
  readonly prefetch?: number;
  /** Batches to an epoch, if you know. */
  readonly length?: number;
  /** Told of each row that cannot be used, which is then left out. Default: the first one is an error. */
  readonly onBadRow?: (error: OstinatoError, row: CsvRow) => void;
}

/** All options, answered. */
export interface CsvPlan extends CsvOptions {
  readonly columns: CsvColumns;
  readonly form: BatchForm;
  readonly words: ReadonlyMap<string, number> | undefined;
  readonly classNumbers: ReadonlyMap<string, number> | undefined;
}

const OWN = [
  ...[
    'columns',
    'header',
    'skipRows',
    'delimiter',
    'quote',
    'encoding',
    'separator',
    'vocabulary',
    'unknown',
  ],
  ...['encode', 'classes', 'shuffle', 'seed', 'prefetch', 'length', 'onBadRow'],
];
const KNOWN = [...OWN, ...BATCH_FIELDS.filter((field) => field !== 'features')];

/** Checks everything that can be checked before the file is opened. Throws `config-…`. */
export function planCsv(options: CsvOptions, where: string): CsvPlan {
  checkFields(where, options, KNOWN);
  const { columns = { label: 0 }, vocabulary, classes, encode, onBadRow } = options;
  checkColumns(columns, where);
  checkDialect(options, where);
  for (const name of ['skipRows', 'shuffle', 'prefetch', 'length', 'unknown'] as const) {
    if (options[name] !== undefined) checkCount(where, name, options[name]);
  }
  if (options.header !== undefined) checkBoolean(where, 'header', options.header);
  if (encode !== undefined) checkFunction(where, 'encode', encode);
  if (onBadRow !== undefined) checkFunction(where, 'onBadRow', onBadRow);
  const ids = vocabulary !== undefined || encode !== undefined;
  const { dtype = ids ? 'int32' : 'float32' } = options;
  const width = 'id' in columns ? columns.values.length : 1;
  const features = dtype === 'int32' && width === 1 ? null : width;
  const batch = Object.entries(options).filter(([name]) => BATCH_FIELDS.includes(name));
  return {
    ...options,
    columns,
    form: resolveForm({ ...Object.fromEntries(batch), dtype, features }, where),
    words: toNumbers(vocabulary, 'vocabulary', where),
    classNumbers: toNumbers(classes, 'classes', where),
  };
}

function checkColumns(columns: CsvColumns, where: string): void {
  const place = `${where}, columns`;
  checkOptions(place, columns);
  const { label, text, id, step, values } = columns as Partial<TextColumns & LongColumns>;
  const known =
    text !== undefined ? ['label', 'text'] : ['label', 'values', ...(id === undefined ? [] : ['id', 'step'])];
  checkFields(place, columns, known);
  const needed = [...(text === undefined ? [] : [text]), ...(id === undefined ? [] : [id, values])];
  const all = [label === null ? 0 : label, ...needed, step ?? 0, ...(values ?? [])].flat();
  const listed = values === undefined || (Array.isArray(values) && values.length > 0);
  if (listed && all.every(isColumn)) return;
  throw new OstinatoError('config-columns', {
    where,
    what: '`columns` does not say which column holds what',
    expected:
      'names or places from 0, as { label, values? }, { label, text } or { label, id, step?, values }, where a label may be null',
    received: show(columns),
  });
}

function isColumn(column: unknown): boolean {
  return typeof column === 'string' || (Number.isSafeInteger(column) && (column as number) >= 0);
}

function checkDialect(
  { delimiter = ',', quote = '"', encoding = 'utf-8', separator }: CsvOptions,
  where: string,
): void {
  const usable = (text: unknown): boolean =>
    typeof text === 'string' && text.length === 1 && !/[\r\n\ufeff]/.test(text);
  if (!usable(delimiter)) throw badDialect('delimiter', 'one character, no line end', delimiter, where);
  if (!usable(quote) || quote === delimiter)
    throw badDialect('quote', 'one character, no line end and not the delimiter', quote, where);
  if (separator !== undefined && (typeof separator !== 'string' || separator === ''))
    throw badDialect('separator', 'a text', separator, where);
  try {
    new TextDecoder(encoding);
  } catch {
    throw badDialect('encoding', "one that TextDecoder knows, such as 'utf-8'", encoding, where);
  }
}

function badDialect(name: string, expected: string, received: unknown, where: string): OstinatoError {
  return new OstinatoError(`config-${name}`, {
    where,
    what: `\`${name}\` has a value it cannot have`,
    expected,
    received: show(received),
  });
}

function toNumbers(
  given: ReadonlyMap<string, number> | readonly string[] | undefined,
  name: 'vocabulary' | 'classes',
  where: string,
): ReadonlyMap<string, number> | undefined {
  if (given === undefined) return undefined;
  const map = Array.isArray(given) ? new Map(given.map((word, id) => [word, id])) : given;
  const size = Array.isArray(given) ? given.length : (map as Partial<ReadonlyMap<string, number>>).size;
  const fits =
    map instanceof Map &&
    map.size === size &&
    [...map].every(([word, id]) => typeof word === 'string' && id === (id | 0));
  if (fits) return map;
  throw new OstinatoError(`config-${name}`, {
    where,
    what: `\`${name}\` does not give each word a number`,
    expected:
      name === 'classes'
        ? 'a list of different texts'
        : 'a list of different words, or a Map of words and ids',
    received: show(given),
  });
}

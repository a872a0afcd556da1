/**
 * Bytes to rows of cells, each with the line it stands on. Papa Parse does the parsing; this file feeds it piece by piece,
 * counts lines and says where something is wrong.
 */
import { OstinatoError } from '@ostinato/core';
import papa from 'papaparse';

/** One row; a quoted cell may go on over several lines. */
export interface CsvRow {
  readonly cells: readonly string[];
  /** Where it begins, from 1. */
  readonly line: number;
}

export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly encoding: string;
}

/** What Papa's parser answers; its types leave it open. */
interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string; readonly row: number }[];
  readonly meta: { readonly cursor: number };
}

/** Characters that a row may have: an unclosed quote must not swallow a file of gigabytes. */
const LONGEST_ROW = 2 ** 24;

/**
 * The rows, in blocks: as many as a piece of bytes completes. Empty lines are left out.
 *
 * Memory   one piece and the row it ends in
 * Throws   `csv-encoding`, `csv-quotes`, `csv-row-size`, with file and line
 */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  dialect: CsvDialect,
): AsyncGenerator<CsvRow[], void> {
  const parser = new RowParser(name, dialect);
  const decoder = new TextDecoder(dialect.encoding, { fatal: true });
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch (cause) {
      throw badEncoding(parser.place(), dialect.encoding, cause);
    }
  };
  for await (const piece of bytes) {
    const rows = parser.push(decode(piece));
    if (rows.length > 0) yield rows;
  }
  const last = [...parser.push(decode()), ...parser.end()];
  if (last.length > 0) yield last;
}

class RowParser {
  readonly #name: string;
  readonly #quote: string;
  readonly #papa: { parse(text: string, base: number, ignoreLastRow: boolean): Parsed };
  #rest = '';
  /** Where `#rest` begins. */
  #line = 1;
  /** A row that is not complete is looked at again when there is twice as much of it: the time stays linear. */
  #wanted = 0;

  constructor(name: string, { delimiter, quote }: CsvDialect) {
    this.#name = name;
    this.#quote = quote;
    this.#papa = new papa.Parser({ delimiter, quoteChar: quote, newline: '\n' });
  }

  place(line = this.#line): string {
    return `${this.#name}, line ${line}`;
  }

  /** The rows that this text completes. */
  push(text: string): CsvRow[] {
    this.#rest += text;
    if (this.#rest.length < this.#wanted) return [];
    return this.#parse(true);
  }

  /** The row without a line feed after it. */
  end(): CsvRow[] {
    return this.#rest === '' ? [] : this.#parse(false);
  }

  #parse(ignoreLastRow: boolean): CsvRow[] {
    const text = this.#rest;
    const { data, errors, meta } = this.#papa.parse(text, 0, ignoreLastRow);
    const quoted = text.includes(this.#quote);
    const rows: CsvRow[] = [];
    // Errors of a row that is not complete yet are none: the piece ends in the middle of its quotes.
    const error = errors.find(({ row }) => row < data.length);
    const wrong = error?.row ?? data.length;
    for (const cells of data.slice(0, wrong)) {
      this.#endLine(cells);
      if (cells.length > 1 || cells[0] !== '') rows.push({ cells, line: this.#line });
      this.#line += quoted ? linesOf(cells) : 1;
    }
    if (error) throw badQuotes(this.place(), this.#quote, error.code === 'MissingQuotes');
    this.#rest = ignoreLastRow ? text.slice(meta.cursor) : '';
    this.#wanted = data.length === 0 ? 2 * text.length : 0;
    if (this.#rest.length > LONGEST_ROW) throw tooLong(this.place());
    return rows;
  }

  /** Takes the carriage return of \r\n off the last cell. */
  #endLine(cells: string[]): void {
    const last = cells.at(-1)!;
    if (last.endsWith('\r')) cells[cells.length - 1] = last.slice(0, -1);
  }
}

function linesOf(cells: readonly string[]): number {
  let lines = 1;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at >= 0; at = cell.indexOf('\n', at + 1)) lines += 1;
  }
  return lines;
}

function badQuotes(where: string, quote: string, atEnd: boolean): OstinatoError {
  return new OstinatoError('csv-quotes', {
    where,
    what: atEnd ? 'A quoted cell does not end' : 'A quoted cell goes on after its end',
    expected: `${quote}…${quote} around the whole cell, and ${quote}${quote} for a quote within it`,
    fix: 'Mend the row, or name another `quote`',
  });
}

function tooLong(where: string): OstinatoError {
  return new OstinatoError('csv-row-size', {
    where,
    what: 'The row does not come to an end',
    expected: `at most ${LONGEST_ROW} characters`,
    fix: 'Look for a quote that is never closed',
  });
}

function badEncoding(where: string, encoding: string, cause: unknown): OstinatoError {
  return new OstinatoError('csv-encoding', {
    where,
    what: `There are bytes on this line or after it that are no text in ${encoding}`,
    fix: "Name the `encoding`, for example 'windows-1252'",
    cause,
  });
}

/** Cells to numbers; each way in which that fails names file, line and column. */
import { OstinatoError, show, unknownName } from '@ostinato/core';
import type { CsvPlan } from './csv-options.js';
import type { CsvRow } from './csv-rows.js';

/** The columns of one file. */
export class Cells {
  readonly name: string;
  readonly #header: readonly string[] | undefined;
  readonly #plan: CsvPlan;

  constructor(name: string, header: readonly string[] | undefined, plan: CsvPlan) {
    this.name = name;
    this.#header = header;
    this.#plan = plan;
  }

  /** The place of a column from 0. Throws `csv-column` for a name that the header does not have. */
  find(column: string | number): number {
    if (typeof column === 'string' && this.#header === undefined) {
      throw new OstinatoError('csv-column', {
        where: this.name,
        what: `There is no header that would say which column is ${show(column)}`,
        expected: 'columns by their place, from 0',
        fix: 'Pass numbers, or leave `header: false` out',
      });
    }
    const place = typeof column === 'string' ? this.#header!.indexOf(column) : column;
    if (this.#header === undefined || (place >= 0 && place < this.#header.length)) return place;
    throw unknownName('csv-column', {
      where: `${this.name}, header`,
      kind: 'column',
      name: String(column),
      known: typeof column === 'string' ? this.#header : [...this.#header.keys()].map(String),
    });
  }

  /** Throws `csv-width` for a row with more cells than the header. */
  checkWidth({ cells, line }: CsvRow): void {
    if (this.#header === undefined || cells.length <= this.#header.length) return;
    throw new OstinatoError('csv-width', {
      where: `${this.name}, line ${line}`,
      what: 'The row has more cells than there are columns',
      expected: `at most ${this.#header.length}`,
      received: `${cells.length}`,
      fix: 'Put cells that hold the delimiter into quotes',
    });
  }

  /** Throws `csv-missing` when the row ends before, or the cell is empty. */
  text(row: CsvRow, column: number): string {
    const text = row.cells[column];
    if (text !== undefined && text !== '') return text;
    throw new OstinatoError('csv-missing', {
      where: this.place(row, column),
      what: 'There is no value',
      expected: 'a value in each cell',
      received: text === undefined ? `a row of ${row.cells.length} cells` : 'an empty cell',
    });
  }

  /** A number of 32 bits. Throws `csv-missing`, `csv-number`. */
  number(row: CsvRow, column: number): number {
    return this.#toNumber(this.text(row, column), 'float32', row, column);
  }

  /** What stands for one step. Throws `csv-missing`, `csv-number`, `csv-word`. */
  step(row: CsvRow, column: number): number {
    return this.#toStep(this.text(row, column), row, column);
  }

  /** A whole sequence in one cell, which may be empty. Throws `csv-number`, `csv-word`, `csv-ids`. */
  steps(row: CsvRow, column: number): ArrayLike<number> {
    const text = row.cells[column] ?? this.text(row, column);
    const { encode, separator } = this.#plan;
    if (encode) return this.#encoded(encode(text), row, column);
    const parts = separator === undefined ? text.split(/\s+/) : text.split(separator);
    const steps = separator === undefined ? parts.filter((part) => part !== '') : text === '' ? [] : parts;
    return steps.map((part) => this.#toStep(part, row, column));
  }

  /** A class or a number. Throws `csv-missing`, `csv-number`, `csv-class`. */
  label(row: CsvRow, column: number): number {
    const { classNumbers } = this.#plan;
    if (!classNumbers) return this.number(row, column);
    const name = this.text(row, column);
    const number = classNumbers.get(name);
    if (number !== undefined) return number;
    const known = [...classNumbers.keys()];
    throw unknownName('csv-class', { where: this.place(row, column), kind: 'class', name, known });
  }

  place({ line }: CsvRow, column: number): string {
    const name = this.#header?.[column];
    return `${this.name}, line ${line}, column ${name === undefined ? column : show(name)}`;
  }

  #toStep(text: string, row: CsvRow, column: number): number {
    const { words, unknown, form } = this.#plan;
    if (!words) return this.#toNumber(text, form.dtype, row, column);
    const id = words.get(text) ?? unknown;
    if (id !== undefined) return id;
    throw new OstinatoError('csv-word', {
      where: this.place(row, column),
      what: `The vocabulary has no word ${show(text)}`,
      expected: `one of its ${words.size} words`,
      fix: 'Pass `unknown`, the id that stands for such words',
    });
  }

  #toNumber(text: string, dtype: 'int32' | 'float32', row: CsvRow, column: number): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (dtype === 'int32' ? value === (value | 0) : Number.isFinite(Math.fround(value))) return value;
    throw new OstinatoError('csv-number', {
      where: this.place(row, column),
      what:
        dtype === 'int32'
          ? 'The cell does not hold an integer of 32 bits'
          : 'The cell does not hold a number of 32 bits',
      expected: dtype === 'int32' ? 'an integer' : 'a finite number',
      received: show(text),
    });
  }

  /** Throws `csv-ids` when the user's function made something else of a text. */
  #encoded(ids: ArrayLike<number>, row: CsvRow, column: number): ArrayLike<number> {
    const list = Array.isArray(ids) || (ArrayBuffer.isView(ids) && 'length' in ids);
    if (list && Array.prototype.every.call(ids, (id: unknown) => typeof id === 'number')) return ids;
    throw new OstinatoError('csv-ids', {
      where: this.place(row, column),
      what: '`encode` did not make a list of numbers of the text',
      expected: 'an array or typed array of numbers',
      received: show(ids),
    });
  }
}

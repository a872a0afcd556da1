/** The three forms in which a CSV holds sequences, as readers that take row after row. */
import { OstinatoError, show } from '@ostinato/core';
import type { Sequence } from './batch-sequences.js';
import type { Cells } from './csv-cells.js';
import type { CsvColumns, LongColumns, TextColumns, WideColumns } from './csv-options.js';
import type { CsvRow } from './csv-rows.js';

/** Takes rows; gives the sequence that a row completes. */
export interface SequenceReader {
  add(row: CsvRow): Sequence | undefined;
  /** The sequence that the end of the file completes. */
  end(): Sequence | undefined;
}

/** Throws `csv-column`. */
export function sequenceReader(columns: CsvColumns, cells: Cells): SequenceReader {
  if ('id' in columns) return new LongReader(columns, cells);
  return 'text' in columns ? textReader(columns, cells) : wideReader(columns, cells);
}

function textReader({ label, text }: TextColumns, cells: Cells): SequenceReader {
  const column = cells.find(text);
  const target = targetReader(label, cells);
  return rowReader((row) => ({ x: cells.steps(row, column), ...target(row) }), cells);
}

function wideReader({ label, values }: WideColumns, cells: Cells): SequenceReader {
  const columns = values?.map((column) => cells.find(column));
  const target = targetReader(label, cells);
  const except = label === null ? -1 : cells.find(label);
  const read = (row: CsvRow): Sequence => {
    const places = columns ?? filledPlaces(row, except);
    return { x: places.map((place) => cells.step(row, place)), ...target(row) };
  };
  return rowReader(read, cells);
}

function rowReader(read: (row: CsvRow) => Sequence, cells: Cells): SequenceReader {
  const add = (row: CsvRow): Sequence => {
    cells.checkWidth(row);
    return read(row);
  };
  return { add, end: () => undefined };
}

/** All places but one, up to the last cell that is not empty. */
function filledPlaces({ cells }: CsvRow, except: number): number[] {
  let end = cells.length;
  while (end > 0 && (cells[end - 1] === '' || end - 1 === except)) end -= 1;
  const places: number[] = [];
  for (let place = 0; place < end; place++) if (place !== except) places.push(place);
  return places;
}

function targetReader(label: LongColumns['label'], cells: Cells): (row: CsvRow) => { readonly y?: number } {
  if (label === null) return () => ({});
  const column = cells.find(label);
  return (row) => ({ y: cells.label(row, column) });
}

/** How many sequences back it is noticed that an id comes again. */
const REMEMBERED = 4096;

class LongReader implements SequenceReader {
  readonly #cells: Cells;
  readonly #id: number;
  readonly #step: number | undefined;
  readonly #values: readonly number[];
  readonly #target: (row: CsvRow) => { readonly y?: number };
  readonly #ended = new Set<string>();
  #open: { readonly id: string; readonly x: number[]; readonly y?: number; at: number } | undefined;

  constructor({ id, step, values, label }: LongColumns, cells: Cells) {
    this.#cells = cells;
    this.#id = cells.find(id);
    this.#step = step === undefined ? undefined : cells.find(step);
    this.#values = values.map((column) => cells.find(column));
    this.#target = targetReader(label, cells);
  }

  add(row: CsvRow): Sequence | undefined {
    const cells = this.#cells;
    cells.checkWidth(row);
    const id = cells.text(row, this.#id);
    const at = this.#step === undefined ? Number.NaN : cells.number(row, this.#step);
    const numbers = this.#values.map((column) => cells.step(row, column));
    const target = this.#target(row);
    if (this.#open?.id === id) {
      this.#checkGoesOn(row, at, target.y);
      this.#open.x.push(...numbers);
      this.#open.at = at;
      return undefined;
    }
    if (this.#ended.has(id)) throw apart(cells.place(row, this.#id), id);
    const complete = this.end();
    this.#open = { id, x: numbers, ...target, at };
    return complete;
  }

  end(): Sequence | undefined {
    if (!this.#open) return undefined;
    const { id, at: _, ...sequence } = this.#open;
    this.#open = undefined;
    this.#ended.add(id);
    if (this.#ended.size > REMEMBERED) this.#ended.delete(this.#ended.values().next().value!);
    return sequence;
  }

  /** Throws `csv-order` for a step that does not come after the one before, `csv-label` for another label. */
  #checkGoesOn(row: CsvRow, at: number, y: number | undefined): void {
    const { id, at: before, y: label } = this.#open!;
    if (at <= before) {
      throw new OstinatoError('csv-order', {
        where: this.#cells.place(row, this.#step!),
        what: `The steps of sequence ${show(id)} do not rise`,
        expected: `more than ${before}`,
        received: `${at}`,
        fix: 'Sort the rows by sequence and step',
      });
    }
    if (y !== label) {
      throw new OstinatoError('csv-label', {
        where: `${this.#cells.name}, line ${row.line}`,
        what: `The rows of sequence ${show(id)} have different labels`,
        expected: show(label),
        received: show(y),
      });
    }
  }
}

function apart(where: string, id: string): OstinatoError {
  return new OstinatoError('csv-order', {
    where,
    what: `The rows of sequence ${show(id)} do not follow each other`,
    expected: 'all rows of a sequence in one place',
    fix: 'Sort the rows by sequence and step',
  });
}

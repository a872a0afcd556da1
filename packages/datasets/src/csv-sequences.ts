/** Sequences from a CSV of any size, as batches that a model trains on while the file is being read. */
import { isOstinatoError, OstinatoError, show } from '@ostinato/core';
import {
  batchSequences,
  type InputSequenceBatch,
  type Sequence,
  type SequenceBatch,
} from './batch-sequences.js';
import { type CsvSource, type NamedBytes, namedBytes } from './csv-bytes.js';
import { Cells } from './csv-cells.js';
import { type SequenceReader, sequenceReader } from './csv-forms.js';
import { type CsvColumns, type CsvOptions, type CsvPlan, planCsv } from './csv-options.js';
import { type CsvRow, csvRows } from './csv-rows.js';
import { prefetch } from './prefetch.js';
import type { Repeatable, Stream } from './repeatable.js';
import { shuffleBuffer } from './shuffle-buffer.js';

const WHERE = 'csvSequences';

/**
 * Streams sequences from a CSV into batches: the file is opened anew for each epoch, and never in memory as a whole.
 *
 * Without `columns` the label stands first in a row and a number for each step after it. `columns` names other forms: the
 * steps in one cell, as words or ids; or one step to a row, with the id of its sequence. In training the order is drawn from
 * a buffer; evaluating and predicting keep the order of the file.
 *
 * Shapes   a batch: x f32[batchSize, steps, features], or i32[batchSize, steps] for ids and words · y f32[batchSize]
 * Memory   `shuffle` sequences, `prefetch` + 1 batches, and 64 KB of the file
 * Throws   `config-…` · `csv-source` · `platform-files`; while reading `file-not-found` · `file-unreadable` ·
 *          `download-failed` · `source-once` · `csv-bytes` · `csv-encoding` · `csv-quotes` · `csv-row-size` ·
 *          `csv-header` · `csv-column` · `csv-empty`; for a row, unless `onBadRow` is there to hear it: `csv-width` ·
 *          `csv-missing` · `csv-number` · `csv-word` · `csv-ids` · `csv-class` · `csv-order` · `csv-label`
 *
 * @example
 * const columns = { label: 'sentiment', text: 'review' };
 * const encode = (text: string) => encodeText(text, index, { numWords: 10_000 });
 * const batches = csvSequences('reviews.csv', { columns, classes: ['negative', 'positive'], encode, maxLen: 500 });
 * await model.fit(batches, { epochs: 10 });
 */
export function csvSequences(
  source: CsvSource,
  options: CsvOptions & { readonly columns: CsvColumns & { readonly label: null } },
): Stream<InputSequenceBatch>;
export function csvSequences(source: CsvSource, options?: CsvOptions): Stream<SequenceBatch>;
export function csvSequences(
  source: CsvSource,
  options: CsvOptions = {},
): Stream<SequenceBatch | InputSequenceBatch> {
  const plan = planCsv(options, WHERE);
  const { shuffle = 1024, seed = 1, prefetch: ahead = 2 } = plan;
  const samples: Repeatable<Sequence> = sequencesIn(namedBytes(source, WHERE), plan);
  const shuffled = shuffle === 0 ? samples : shuffleBuffer(samples, { size: shuffle, seed });
  const batches = batchSequences(shuffled, plan.form);
  const ready = ahead === 0 ? batches : prefetch(batches, ahead);
  return plan.length === undefined ? ready : { ...ready, length: plan.length };
}

/** One sequence after the other, read anew each time. */
function sequencesIn(bytes: NamedBytes, plan: CsvPlan): AsyncIterable<Sequence> {
  return {
    async *[Symbol.asyncIterator]() {
      const { delimiter = ',', quote = '"', encoding = 'utf-8' } = plan;
      const file = new SequenceFile(bytes.name, plan);
      for await (const rows of csvRows(bytes.open(), bytes.name, { delimiter, quote, encoding })) {
        yield* file.take(rows);
      }
      yield* file.end();
    },
  };
}

/** One reading of a file. */
class SequenceFile {
  readonly #name: string;
  readonly #plan: CsvPlan;
  #reader: SequenceReader | undefined;
  #skip: number;
  #rows = 0;

  constructor(name: string, plan: CsvPlan) {
    this.#name = name;
    this.#plan = plan;
    this.#skip = plan.skipRows ?? 0;
  }

  *take(rows: readonly CsvRow[]): Generator<Sequence, void> {
    for (const row of rows) {
      if (this.#skip > 0) {
        this.#skip -= 1;
        continue;
      }
      const reader = this.#reader ?? this.#open(row);
      if (!reader) continue;
      this.#rows += 1;
      const sequence = this.#read(reader, row);
      if (sequence) yield sequence;
    }
  }

  /** Throws `csv-empty` when there was no row of data. */
  *end(): Generator<Sequence, void> {
    if (this.#rows === 0) throw empty(this.#name);
    const last = this.#reader?.end();
    if (last) yield last;
  }

  /** Makes the reader of the header, or, where there is none, of the plan alone; the row is then one of data. */
  #open(row: CsvRow): SequenceReader | undefined {
    const { header = true, columns } = this.#plan;
    if (header) checkHeader(row, this.#name);
    this.#reader = sequenceReader(columns, new Cells(this.#name, header ? row.cells : undefined, this.#plan));
    return header ? undefined : this.#reader;
  }

  #read(reader: SequenceReader, row: CsvRow): Sequence | undefined {
    const { onBadRow } = this.#plan;
    if (!onBadRow) return reader.add(row);
    try {
      return reader.add(row);
    } catch (error) {
      if (!isOstinatoError(error)) throw error;
      onBadRow(error, row);
      return undefined;
    }
  }
}

/** Throws `csv-header` for names that stand twice, and for a first row that holds data, which would be lost. */
function checkHeader({ cells, line }: CsvRow, name: string): void {
  const where = `${name}, line ${line}`;
  if (cells.every((cell) => cell !== '' && Number.isFinite(Number(cell)))) {
    throw new OstinatoError('csv-header', {
      where,
      what: 'The first row holds numbers, and not the names of columns',
      expected: 'a header',
      received: show(cells.join(',')),
      fix: 'Pass header: false if there is none',
    });
  }
  const twice = cells.find((cell, i) => cell !== '' && cells.indexOf(cell) < i);
  if (twice === undefined) return;
  throw new OstinatoError('csv-header', {
    where,
    what: `Two columns have the name ${show(twice)}`,
    expected: 'a name for each column',
  });
}

function empty(name: string): OstinatoError {
  return new OstinatoError('csv-empty', {
    where: name,
    what: 'There is no row with data',
    expected: 'at least one row beside the header',
  });
}

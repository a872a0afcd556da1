/** Rows of a table that ids name, which are written only if somebody wants them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Origin } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { splitRange } from './split-range.js';

/** Ids that are worth a call of their own. */
const LEAST_IDS = 1024;

/** A table that holds what a sequence names, and ids for it; all addresses. */
export interface TableRows {
  readonly table: number;
  readonly ids: number;
  readonly rows: number;
  /** For each of these rows its place in the table that was looked up in; 0: this is that table. */
  readonly list: number;
  /** The blocks that all this stands in. */
  readonly blocks: readonly number[];
}

/** Rows of a table f32[rows, width] by ids i32[count]. */
export class Lookup implements Origin {
  /** Whether somebody read the rows must not change what a layer behind them computes with. */
  readonly stays = true;
  readonly #runtime: KernelRuntime;
  readonly table: number;
  readonly ids: number;
  readonly rows: number;
  readonly width: number;
  readonly count: number;
  #met: TableRows | 'many' | undefined;

  constructor(runtime: KernelRuntime, table: Tensor, ids: Tensor) {
    const { storage } = runtime;
    this.#runtime = runtime;
    this.table = storage.addressOf(table);
    this.ids = storage.addressOf(ids);
    [this.rows, this.width] = table.shape as [number, number];
    this.count = ids.size;
  }

  /** The rows that occur, or that they are too many to be worth it; undefined while nobody has looked. */
  get met(): TableRows | 'many' | undefined {
    return this.#met;
  }

  /** Memory: the rows' blocks are the lookup's from here on, which frees them when it goes. */
  meet(met: TableRows | 'many'): void {
    this.#met = met;
  }

  get blocks(): readonly number[] {
    const met = this.#met;
    return [this.table, this.ids, ...(typeof met === 'object' ? met.blocks : [])];
  }

  /** f32[count, width] from `out` on. */
  write(out: number): void {
    this.copyRows(out, this.ids, this.count);
  }

  /** The rows of the table that ids i32[count] name, f32[count, width] from `out` on. */
  copyRows(out: number, ids: number, count: number): void {
    const { table, width } = this;
    const calls = splitRange(count, this.#runtime.pieces, LEAST_IDS).map(([first, last]) => [
      ...[out + 4 * first * width, table, ids + 4 * first],
      ...[last - first, width],
    ]);
    this.#runtime.run('embeddingLookup', calls);
  }
}

/** A new tensor f32[…shape of ids, width] of the rows of `table` that `ids` names. No id is looked at here: check them before. */
export function rowsOf(runtime: KernelRuntime, table: Tensor, ids: Tensor): Tensor {
  const lookup = new Lookup(runtime, table, ids);
  return runtime.storage.later([...ids.shape, lookup.width], lookup);
}

/** What follows from dz where the steps of a sequence are rows of a table: the gradients of the steps, of the table, and of W. */
import type { Origin } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import type { Lookup, TableRows } from './look-up.js';
import { multiplyRows } from './multiply-rows.js';
import { withProductSums } from './product-sums.js';
import type { Sizes } from './sequence-blocks.js';
import { sumByRow } from './sum-by-row.js';

/** What there is to compute them from; addresses of blocks. */
export interface RowGradientParts {
  readonly lookup: Lookup;
  readonly rows: TableRows;
  /** f32[count, gates·units↑8] */
  readonly dz: number;
  /** Sums of dz over the occurrences of each of `rows`, f32[rows, gates·units↑8]. */
  readonly sums: number;
  /** Wᵀ, as `packTransposedPanels` packs it, and how many columns of dz meet it. */
  readonly panels: number;
  readonly depth: number;
  /** Where each of W's gates stands among those of dz. */
  readonly gates: readonly number[];
  readonly sizes: Sizes;
}

/** Of the steps: dx = dz·Wᵀ, f32[count, inputSize]. The lookup itself asks for the gradient of its table instead. */
export class StepGradients implements Origin {
  readonly stays = true; // the lookup may come after somebody who read them
  readonly #runtime: KernelRuntime;
  readonly #parts: RowGradientParts;

  constructor(runtime: KernelRuntime, parts: RowGradientParts) {
    this.#runtime = runtime;
    this.#parts = parts;
  }

  /** Whose rows they are the gradients of. */
  get lookup(): Lookup {
    return this.#parts.lookup;
  }

  get blocks(): readonly number[] {
    const { dz, sums, panels, rows } = this.#parts;
    return [dz, sums, panels, ...rows.blocks];
  }

  write(out: number): void {
    multiplyByKernel(this.#runtime, this.#parts, out, this.#parts.dz, this.lookup.count);
  }

  /** Of the table: f32[rows, inputSize], Σ dz·Wᵀ over the occurrences of each row, computed as (Σ dz)·Wᵀ. */
  get ofTable(): Origin {
    const { sums, panels, rows } = this.#parts;
    const blocks = [sums, panels, ...rows.blocks];
    return { blocks, stays: false, write: (out) => this.#writeTable(out) };
  }

  #writeTable(out: number): void {
    const { lookup, rows, sums } = this.#parts;
    this.#runtime.withScratch(4 * rows.rows * lookup.width, (products) => {
      multiplyByKernel(this.#runtime, this.#parts, products, sums, rows.rows);
      sumByRow(this.#runtime, [out, products, rows.list], [rows.rows, lookup.width, lookup.rows]); // each occurs once
    });
  }
}

/** Of W: f32[inputSize, gates·units], Eᵀ·Σdz. */
export function kernelGradient(
  runtime: KernelRuntime,
  { rows, sums, gates, sizes }: RowGradientParts,
): Origin {
  const { inputSize, units, paddedUnits } = sizes;
  const width = gates.length * paddedUnits;
  const write = (out: number): void =>
    withProductSums(
      runtime,
      { x: rows.table, dy: sums },
      [rows.rows, inputSize, width],
      ({ sums: products, sumBytes, blocks }) =>
        gates.forEach((place, gate) => {
          const [to, from] = [out + 4 * gate * units, products + 4 * place * paddedUnits];
          const row = 4 * gates.length * units;
          runtime.wasm.sumBlocks(to, row, from, sumBytes, 4 * width, blocks, inputSize, units);
        }),
    );
  return { blocks: [sums, ...rows.blocks], stays: false, write };
}

/** f32[rows, gates·units↑8] from `from` on, times Wᵀ. */
function multiplyByKernel(
  runtime: KernelRuntime,
  { panels, depth, gates, sizes }: RowGradientParts,
  out: number,
  from: number,
  rows: number,
): void {
  const row = 4 * gates.length * sizes.paddedUnits;
  multiplyRows(runtime, { out, from, panels }, [rows, depth, sizes.inputSize], row);
}

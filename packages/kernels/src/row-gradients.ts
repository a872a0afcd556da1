/** What follows from dz where the steps of a sequence are rows of a table: the gradients of the steps, of the table, and of W. */
import type { Origin } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import type { Lookup, TableRows } from './look-up.js';
import { multiplyRows } from './multiply-rows.js';
import { withProductSums } from './product-sums.js';
import type { Sizes } from './sequence-blocks.js';
import { splitRange } from './split-range.js';
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

/**
 * Of the steps: dx = dz·Wᵀ, f32[count, inputSize], and where two layers read the same steps the sum of both. The lookup itself asks
 * for the gradient of its table instead.
 */
export class StepGradients implements Origin {
  readonly stays = true; // the lookup may come after somebody who read them
  /** Whose rows they are the gradients of. */
  readonly lookup: Lookup;
  /** The rows that occur, which are the same for all layers. */
  readonly #rows: TableRows;
  readonly #runtime: KernelRuntime;
  readonly #layers: readonly RowGradientParts[];

  /** `layers`: one, or `MOST_LAYERS` at most behind the same lookup. */
  constructor(runtime: KernelRuntime, layers: readonly RowGradientParts[]) {
    this.#runtime = runtime;
    this.#layers = layers;
    this.lookup = layers[0]!.lookup;
    this.#rows = layers[0]!.rows;
  }

  plus(other: Origin): StepGradients | undefined {
    if (!(other instanceof StepGradients) || other.lookup !== this.lookup) return undefined;
    const layers = [...this.#layers, ...other.#layers];
    return layers.length <= MOST_LAYERS ? new StepGradients(this.#runtime, layers) : undefined;
  }

  get blocks(): readonly number[] {
    return [...this.#rows.blocks, ...this.#layers.flatMap(({ dz, sums, panels }) => [dz, sums, panels])];
  }

  write(out: number): void {
    this.#multiply(out, this.lookup.count, ({ dz }) => dz);
  }

  /** Of the table: f32[rows, inputSize], Σ dz·Wᵀ over the occurrences of each row, computed as (Σ dz)·Wᵀ. */
  get ofTable(): Origin {
    const blocks = [...this.#rows.blocks, ...this.#layers.flatMap(({ sums, panels }) => [sums, panels])];
    return { blocks, stays: false, write: (out) => this.#writeTable(out) };
  }

  #writeTable(out: number): void {
    const { rows, list } = this.#rows;
    const { width } = this.lookup;
    this.#runtime.withScratch(4 * rows * width, (products) => {
      this.#multiply(products, rows, ({ sums }) => sums);
      sumByRow(this.#runtime, [out, products, list], [rows, width, this.lookup.rows]); // each occurs once
    });
  }

  /** f32[rows, inputSize] from `out` on: the products with each layer's Wᵀ, added in the order of the layers. */
  #multiply(out: number, rows: number, from: (layer: RowGradientParts) => number): void {
    const [runtime, layers] = [this.#runtime, this.#layers];
    if (layers.length === 1) {
      multiplyByKernel(runtime, layers[0]!, out, from(layers[0]!), rows);
      return;
    }
    const { width } = this.lookup;
    const [row, bytes] = [4 * width, 4 * rows * width];
    runtime.withScratch(layers.length * bytes, (products) => {
      layers.forEach((layer, i) => multiplyByKernel(runtime, layer, products + i * bytes, from(layer), rows));
      const calls = splitRange(rows, runtime.pieces, LEAST_ROWS).map(([first, end]) => [
        ...[out + first * row, row, products + first * row, bytes, row],
        ...[layers.length, end - first, width],
      ]);
      runtime.run('sumBlocks', calls);
    });
  }
}

/**
 * Sums of more are written: each layer more keeps its dz, which is larger than what is written. Two, as in Bidirectional, take no more
 * room than they did.
 */
const MOST_LAYERS = 2;
/** Rows whose sums are worth a call of their own. */
const LEAST_ROWS = 256;

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

/**
 * Sequences whose steps are rows of a table, as an embedding makes them, on the way forward.
 *
 * x_t·W + b is the same wherever the same row stands. It is computed once for each row that occurs, or without training for each row of a
 * short table, instead of once for each step, and the kernels begin their sums there. The chains of additions are the same, so are the bits.
 */
import { isOstinatoError } from '@ostinato/core';
import type { KernelRuntime } from './kernel-runtime.js';
import type { TableRows } from './look-up.js';
import type { Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';
import { splitRange } from './split-range.js';
import { backOverRows, lookupBehind, tableRows } from './table-rows.js';

/**
 * Where a kernel finds its input: the sequence itself, or with `ids` a table of products of which they name the rows. Then nothing is
 * left of the inputs to multiply with. 0: no ids.
 */
export interface ForwardInput {
  readonly x: number;
  readonly ids: number;
  readonly inputSize: number;
}

/** One gate's columns of W and of the bias; an address of 0: no bias. */
export interface GateWeights {
  readonly kernel: number;
  readonly bias: number;
}

/** Rows that are worth a call of their own. */
const LEAST_ROWS = 64;

/**
 * The input for the way forward, for as long as `use` takes: the sequence, or x_t·W + b for every row that it is made of, where
 * these are few and there is room.
 *
 * Shapes   W f32[inputSize, gates·units] → table f32[rows, gates, units↑8], in the order of `gates`
 */
export function withInput(
  runtime: KernelRuntime,
  sizes: Sizes,
  call: Pick<SequenceCall, 'x' | 'inputMasks' | 'recording'>,
  gates: readonly GateWeights[],
  use: (input: ForwardInput) => void,
): void {
  const lookup = lookupBehind(runtime, call);
  const width = gates.length * sizes.paddedUnits;
  const back = call.recording && backOverRows(sizes, width); // what is found now is found for the way back
  const rows = lookup && ifRoom(() => tableRows(runtime, lookup, width, back));
  if (rows && withProducts(runtime, sizes, rows, gates, use)) return;
  use({ x: runtime.storage.addressOf(call.x), ids: 0, inputSize: sizes.inputSize });
}

/** Returns false, and has not called `use`, when the products find no room. */
function withProducts(
  runtime: KernelRuntime,
  sizes: Sizes,
  rows: TableRows,
  gates: readonly GateWeights[],
  use: (input: ForwardInput) => void,
): boolean {
  const { heap } = runtime.storage;
  const productBytes = 4 * rows.rows * gates.length * sizes.paddedUnits;
  const panelBytes = 4 * gates.length * sizes.paddedUnits * (1 + sizes.inputSize);
  const products = ifRoom(() => heap.allocate(productBytes + panelBytes));
  if (products === undefined) return false;
  try {
    multiplyTable(runtime, sizes, rows, gates, products, products + productBytes);
    use({ x: products, ids: rows.ids, inputSize: 0 });
  } finally {
    heap.free(products);
  }
  return true;
}

/** What `make` returns, or undefined when it finds no room: the steps will do. */
function ifRoom<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (isOstinatoError(error, 'heap-exhausted')) return undefined;
    throw error;
  }
}

function multiplyTable(
  runtime: KernelRuntime,
  { inputSize, units, paddedUnits }: Sizes,
  { table, rows }: TableRows,
  gates: readonly GateWeights[],
  products: number,
  panels: number,
): void {
  const gateRow = 4 * paddedUnits;
  const row = gates.length * gateRow;
  const gatePanels = gateRow * (1 + inputSize);
  gates.forEach(({ kernel, bias }, gate) => {
    const to = panels + gate * gatePanels;
    runtime.wasm.packPanels(to, bias, kernel, 0, inputSize, 0, units, gates.length * units);
  });
  const calls = splitRange(rows, 2 * runtime.pieces, LEAST_ROWS).flatMap(([first, end]) =>
    gates.map((_, gate) => [
      ...[products + first * row + gate * gateRow, row],
      ...[table + 4 * first * inputSize, 4 * inputSize, inputSize, 0, 0, 0],
      ...[panels + gate * gatePanels, paddedUnits, end - first],
    ]),
  );
  runtime.run('gemmRows', calls);
}

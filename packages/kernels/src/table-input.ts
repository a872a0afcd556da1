/**
 * Sequences whose steps are rows of a table, as an embedding makes them.
 *
 * x_t·W + b is the same wherever the same row stands. It is computed once for each row of the table instead of once for each step, and
 * the kernels begin their sums there; the rows themselves are never copied. The chains of additions are the same, so are the bits.
 */
import { isOstinatoError } from '@ostinato/core';
import type { Lookup } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import type { Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';
import { splitRange } from './split-range.js';

/** Where a kernel finds its input: the sequence itself, or with `ids` a table of which they name the rows. 0: no ids. */
export interface SequenceInput {
  readonly x: number;
  readonly ids: number;
}

/** The same on the way forward, where a table holds products already: then nothing is left of the inputs to multiply with. */
export interface ForwardInput extends SequenceInput {
  readonly inputSize: number;
}

/** One gate's columns of W and of the bias; an address of 0: no bias. */
export interface GateWeights {
  readonly kernel: number;
  readonly bias: number;
}

type Call = Pick<SequenceCall, 'x' | 'inputMasks'>;

/** Room that the products of a table may take. */
const MAX_PRODUCT_BYTES = 64 * 1024 * 1024;
/** Calls of a product over a table, and rows that are worth one. */
const PIECES = 32;
const LEAST_ROWS = 64;

/** What x was looked up in, if that is known still. Gates with masks see no rows of a table. */
function tableOf({ storage }: KernelRuntime, { x, inputMasks }: Call): Lookup | undefined {
  return inputMasks ? undefined : storage.lookupOf(x);
}

/** The input for the way back: the sequence, or the table as it is. */
export function inputOf(runtime: KernelRuntime, call: Call): SequenceInput {
  const lookup = tableOf(runtime, call);
  return lookup ? { x: lookup.table, ids: lookup.ids } : { x: runtime.storage.addressOf(call.x), ids: 0 };
}

/**
 * The input for the way forward, for as long as `use` takes: the sequence, or x_t·W + b for every row of a table that has no
 * more rows than x, if there is room for that.
 *
 * Shapes   W f32[inputSize, gates·units] → table f32[rows, gates, units↑8], in the order of `gates`
 */
export function withInput(
  runtime: KernelRuntime,
  sizes: Sizes,
  call: Call,
  gates: readonly GateWeights[],
  use: (input: ForwardInput) => void,
): void {
  const { inputSize, paddedUnits } = sizes;
  const lookup = tableOf(runtime, call);
  const productBytes = lookup ? 4 * lookup.rows * gates.length * paddedUnits : 0;
  const panelBytes = 4 * gates.length * paddedUnits * (1 + inputSize);
  const fits = lookup && lookup.rows <= lookup.count && productBytes <= MAX_PRODUCT_BYTES;
  const products = fits ? roomFor(productBytes + panelBytes, runtime) : 0;
  if (!products || !lookup) {
    use({ x: runtime.storage.addressOf(call.x), ids: 0, inputSize });
    return;
  }
  try {
    multiplyTable(runtime, sizes, lookup, gates, products, products + productBytes);
    use({ x: products, ids: lookup.ids, inputSize: 0 });
  } finally {
    runtime.storage.heap.free(products);
  }
}

/** A block of so many bytes, or 0 when there is no room. */
function roomFor(bytes: number, { storage }: KernelRuntime): number {
  try {
    return storage.heap.allocate(bytes);
  } catch (error) {
    if (isOstinatoError(error, 'heap-exhausted')) return 0;
    throw error;
  }
}

function multiplyTable(
  runtime: KernelRuntime,
  { inputSize, units, paddedUnits }: Sizes,
  { table, rows }: Lookup,
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
  const calls = splitRange(rows, PIECES, LEAST_ROWS).flatMap(([first, end]) =>
    gates.map((_, gate) => [
      ...[products + first * row + gate * gateRow, row],
      ...[table + 4 * first * inputSize, 4 * inputSize, inputSize, 0, 0, 0],
      ...[panels + gate * gatePanels, paddedUnits, end - first],
    ]),
  );
  runtime.run('gemmRows', calls);
}

/**
 * Sequences whose steps are rows of a table, as an embedding makes them.
 *
 * x_t·W + b is the same wherever the same row stands. It is computed once for each row of the table, or of a long table for each row
 * that occurs, instead of once for each step, and the kernels begin their sums there. The chains of additions are the same, so are the bits.
 */
import { isOstinatoError } from '@ostinato/core';
import type { Lookup } from './heap-backend.js';
import type { KernelRuntime } from './kernel-runtime.js';
import { occurringRows } from './occurring-rows.js';
import { roundUp, type Sizes } from './sequence-blocks.js';
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
/** Products pay where there are at most so many rows to a step. Below so many steps, looking which rows occur costs more than it wins. */
const MOST_ROWS = 0.5;
const LEAST_STEPS = 1024;
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

/** A table that holds what x names, and ids for it. */
interface Part extends SequenceInput {
  readonly rows: number;
  /** A block that is to be freed; 0: none. */
  readonly block: number;
}

/** The whole table where it is short, else the rows that occur, if they are few; undefined when neither is so, or there is no room. */
function partOf(runtime: KernelRuntime, { table, ids, rows, count, width }: Lookup): Part | undefined {
  if (rows <= MOST_ROWS * count) return { x: table, ids, rows, block: 0 };
  if (count < LEAST_STEPS) return undefined;
  const { heap } = runtime.storage;
  const occurring = occurringRows(heap.integers(ids, count), rows, Math.floor(MOST_ROWS * count));
  if (!occurring) return undefined;
  const { rows: list, places } = occurring;
  const [placeBytes, listBytes] = [roundUp(4 * count), roundUp(4 * list.length)];
  const block = roomFor(placeBytes + listBytes + 4 * list.length * width, runtime);
  if (block === 0) return undefined;
  heap.integers(block, count).set(places);
  heap.integers(block + placeBytes, list.length).set(list);
  const copies = block + placeBytes + listBytes;
  runtime.wasm.embeddingLookup(copies, table, block + placeBytes, list.length, width);
  return { x: copies, ids: block, rows: list.length, block };
}

/**
 * The input for the way forward, for as long as `use` takes: the sequence, or x_t·W + b for every row that it is made of, where
 * these are few and there is room.
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
  const { heap } = runtime.storage;
  const lookup = tableOf(runtime, call);
  const part = lookup && partOf(runtime, lookup);
  try {
    if (part && withProducts(runtime, sizes, part, gates, use)) return;
  } finally {
    if (part?.block) heap.free(part.block);
  }
  use({ x: runtime.storage.addressOf(call.x), ids: 0, inputSize: sizes.inputSize });
}

/** Returns false, and has not called `use`, when the products find no room. */
function withProducts(
  runtime: KernelRuntime,
  sizes: Sizes,
  part: Part,
  gates: readonly GateWeights[],
  use: (input: ForwardInput) => void,
): boolean {
  const productBytes = 4 * part.rows * gates.length * sizes.paddedUnits;
  const panelBytes = 4 * gates.length * sizes.paddedUnits * (1 + sizes.inputSize);
  if (productBytes > MAX_PRODUCT_BYTES) return false;
  const products = roomFor(productBytes + panelBytes, runtime);
  if (products === 0) return false;
  try {
    multiplyTable(runtime, sizes, part, gates, products, products + productBytes);
    use({ x: products, ids: part.ids, inputSize: 0 });
  } finally {
    runtime.storage.heap.free(products);
  }
  return true;
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
  { x: table, rows }: Part,
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

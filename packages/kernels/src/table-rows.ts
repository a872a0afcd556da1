/** The rows that a sequence is made of, where a layer multiplies these instead of the sequence's steps. */
import type { KernelRuntime } from './kernel-runtime.js';
import { Lookup, type TableRows } from './look-up.js';
import { roundUp, type Sizes } from './sequence-blocks.js';
import type { SequenceCall } from './sequence-op.js';

/** Room that the products of a table may take. */
const MAX_PRODUCT_BYTES = 64 * 1024 * 1024;
/** Products pay where there are at most so many rows to a step. */
const MOST_ROWS = 0.5;
/** Below so many steps, looking which rows of a long table occur costs more than it wins. */
const LEAST_STEPS = 1024;
/** On the way back, dz is wider than dx where there are many gates or units: from so many times on, moving it costs what the products save. */
const WIDEST = 8;
/** And the room that it may take. */
const MAX_GRADIENT_BYTES = 64 * 1024 * 1024;

/** Whether the way back of a layer, whose dz has `width` columns, goes over rows if it can. */
export function backOverRows({ batch, steps, inputSize }: Sizes, width: number): boolean {
  return width <= WIDEST * inputSize && 4 * batch * steps * width <= MAX_GRADIENT_BYTES;
}

/** What x was looked up in, if that is known still. Gates with masks see no rows of a table. */
export function lookupBehind(
  { storage }: KernelRuntime,
  { x, inputMasks }: Pick<SequenceCall, 'x' | 'inputMasks'>,
): Lookup | undefined {
  if (inputMasks) return undefined;
  const origin = storage.originOf(x);
  return origin instanceof Lookup ? origin : undefined;
}

/**
 * The rows to multiply: for the way back those that occur, forward the whole table where it is short. Undefined when they are many, or
 * their products, of `width` values each, would take too much room. It depends on nothing but the sizes and the ids.
 *
 * Rows that do not occur must not be in a sum: zero times what is not finite is no number.
 *
 * Memory   the lookup owns what is made here
 * Throws   `heap-exhausted`
 */
export function tableRows(
  runtime: KernelRuntime,
  lookup: Lookup,
  width: number,
  back: boolean,
): TableRows | undefined {
  const { table, ids, rows, count } = lookup;
  const most = Math.floor(Math.min(MOST_ROWS * count, MAX_PRODUCT_BYTES / (4 * width)));
  const short = rows <= most;
  if (short && !back) return { table, ids, rows, list: 0, blocks: [table] };
  if (!short && count < LEAST_STEPS) return undefined;
  const met = lookup.met ?? lookFor(runtime, lookup);
  return met === 'many' || met.rows > most ? undefined : met;
}

function lookFor(runtime: KernelRuntime, lookup: Lookup): TableRows | 'many' {
  const { heap } = runtime.storage;
  const { ids, rows, width, count } = lookup;
  const most = Math.min(rows, Math.floor(MOST_ROWS * count));
  const placeBytes = roundUp(4 * count);
  const blocks = [heap.allocate(placeBytes + 4 * most)];
  try {
    const places = blocks[0]!;
    const list = places + placeBytes;
    const met = runtime.withScratch(4 * rows, (known) =>
      runtime.wasm.occurringRows(list, places, known, ids, count, rows, most),
    );
    if (met < 0) {
      lookup.meet('many');
      return 'many';
    }
    const copies = heap.allocate(4 * met * width);
    blocks.push(copies);
    lookup.copyRows(copies, list, met);
    const found = { table: copies, ids: places, rows: met, list, blocks: blocks.splice(0) };
    lookup.meet(found); // it owns the blocks from here on
    return found;
  } finally {
    for (const block of blocks) heap.free(block);
  }
}

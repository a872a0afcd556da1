/**
 * Long sequences cut into windows for truncated backpropagation through time.
 *
 * A stateful layer keeps its states from batch to batch: it sees the whole sequence, while each step of training goes back
 * through one window only, in the memory that one window takes.
 */
import { checkFields, checkOneOf, checkSize, OstinatoError, show } from '@ostinato/core';
import type { NumberArray } from './arrays.js';

export interface TruncateOptions {
  /** Steps to a window; the last one of a sequence has what is left. */
  readonly steps: number;
  /** Sequences that go side by side. Default 32; the last ones have what is left. */
  readonly batchSize?: number;
  /**
   * What `y` is of: 'step' cuts it with `x`, 'sequence' gives each window the target of its sequence. Default: 'step' when
   * `y` has as many steps as `x`.
   */
  readonly targets?: 'step' | 'sequence';
}

/** Windows of some sequences: row i goes on with row i of the batch before, unless `resetStates`. */
export type WindowBatch<Y> = {
  readonly x: NumberArray;
  readonly resetStates: boolean;
} & (Y extends undefined ? unknown : { readonly y: NumberArray });

/** Batches for `fit` and `evaluate`, and without targets for `predict`; they come in one order, always. */
export interface Windows<Y> {
  readonly length: number;
  [Symbol.iterator](): IterableIterator<WindowBatch<Y>>;
}

const WHERE = 'truncateSequences';

/**
 * Cuts sequences into windows that follow each other, batch by batch, for layers with `stateful: true`.
 *
 * The first window of each group of sequences says `resetStates`: the states of the group before end there. Keep the layers'
 * states and let gradients end where a window begins.
 *
 * Shapes   x [rows, T, …] · y [rows, T, …] or [rows, …] → x [batchSize, steps, …] · y alike
 * Memory   makes one batch at a time; keeps x and y
 * Throws   `sequences-shape` when x or y is no array of that shape · `sequences-length` when they differ in rows or steps ·
 *          `config-…`
 * Source   Williams and Peng 1990, Neural Computation 2(4), truncated BPTT with equal windows
 *
 * @example
 * const model = sequential([lstm({ units: 32, stateful: true }), dense({ units: 1 })], { registry });
 * await model.fit(truncateSequences(x, y, { steps: 100, batchSize: 16 }), { epochs: 10 });
 */
export function truncateSequences<Y extends NumberArray | undefined = undefined>(
  x: NumberArray,
  y: Y,
  options: TruncateOptions,
): Windows<Y> {
  checkFields(WHERE, options, ['steps', 'batchSize', 'targets']);
  const { steps, batchSize = 32, targets } = options;
  checkSize(WHERE, 'steps', steps);
  checkSize(WHERE, 'batchSize', batchSize);
  if (targets !== undefined) checkOneOf(WHERE, 'targets', targets, ['step', 'sequence']);
  checkArray(x, 'x', 2);
  if (y !== undefined) checkTargets(x, y, targets);
  const [rows, length] = x.shape as readonly [number, number];
  const byStep = y !== undefined && (targets ?? (y.shape[1] === length ? 'step' : 'sequence')) === 'step';

  const make = (first: number, start: number): WindowBatch<Y> => {
    const last = Math.min(first + batchSize, rows);
    const end = Math.min(start + steps, length);
    const part = { x: windowOf(x, first, last, start, end), resetStates: start === 0 };
    if (y === undefined) return part as WindowBatch<Y>;
    const target = byStep ? windowOf(y, first, last, start, end) : rowsOf(y, first, last);
    return { ...part, y: target } as WindowBatch<Y>;
  };
  return {
    length: Math.ceil(rows / batchSize) * Math.ceil(length / steps),
    *[Symbol.iterator]() {
      for (let first = 0; first < rows; first += batchSize)
        for (let start = 0; start < length; start += steps) yield make(first, start);
    },
  };
}

function windowOf(
  { data, shape }: NumberArray,
  first: number,
  last: number,
  start: number,
  end: number,
): NumberArray {
  const [rows, length, ...rest] = shape as readonly [number, number, ...number[]];
  const size = data.length / (rows * length);
  const width = (end - start) * size;
  const cut =
    data instanceof Int32Array
      ? new Int32Array((last - first) * width)
      : new Float32Array((last - first) * width);
  for (let row = first; row < last; row++) {
    const from = (row * length + start) * size;
    cut.set(data.subarray(from, from + width), (row - first) * width);
  }
  return { data: cut, shape: [last - first, end - start, ...rest] };
}

function rowsOf({ data, shape }: NumberArray, first: number, last: number): NumberArray {
  const size = data.length / shape[0]!;
  return { data: data.slice(first * size, last * size), shape: [last - first, ...shape.slice(1)] };
}

/** Throws `sequences-shape` unless this is an array of numbers with so many axes, none of them empty. */
function checkArray(value: NumberArray, name: string, axes: number): void {
  const { data, shape } = (value ?? {}) as Partial<NumberArray>;
  const typed = data instanceof Int32Array || data instanceof Float32Array;
  const sized = Array.isArray(shape) && shape.every((size) => Number.isSafeInteger(size) && size > 0);
  const fits = typed && sized && shape.length >= axes && shape.reduce((a, b) => a * b, 1) === data.length;
  if (fits) return;
  throw new OstinatoError('sequences-shape', {
    where: WHERE,
    what: `\`${name}\` is no array of numbers with ${axes === 2 ? 'rows and steps' : 'rows'}`,
    expected: `{ data, shape } with an Int32Array or Float32Array of as many numbers as the shape [rows${axes === 2 ? ', steps' : ''}, …] says`,
    received: typed ? `${data.length} numbers with shape ${show(shape)}` : show(value),
  });
}

function checkTargets(x: NumberArray, y: NumberArray, targets: TruncateOptions['targets']): void {
  checkArray(y, 'y', 1);
  const axes = targets === 'step' ? 2 : 1;
  if (y.shape[0] === x.shape[0] && (axes === 1 || y.shape[1] === x.shape[1])) return;
  throw new OstinatoError('sequences-length', {
    where: WHERE,
    what: `\`x\` and \`y\` have different numbers of ${axes === 2 ? 'rows or steps' : 'rows'}`,
    expected: `y of [${x.shape.slice(0, axes).join(', ')}, …]`,
    received: show(y.shape),
  });
}

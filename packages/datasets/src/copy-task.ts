/**
 * The copy task: symbols are shown, then nothing for a long time; then they are to be told in their order.
 *
 * One of the two tasks by which the literature measures how far back a recurrent network remembers; the other is
 * `addingProblem`. Generated, from a seed alone.
 */
import { checkFields, checkSize, createRng, ln, type Rng } from '@ostinato/core';
import type { Matrix } from './arrays.js';
import { LONG_MEMORY_FIELDS, type LongMemoryOptions, type LongMemoryTask } from './long-memory-task.js';

const WHERE = 'copyTask';

export interface CopyTaskOptions extends LongMemoryOptions {
  /** How many symbols are shown. Default 10. */
  readonly length?: number;
  /** How many different ones there are. Default 8. */
  readonly symbols?: number;
}

/** The copy task, and the ids that are no symbols. */
export interface CopyTask extends LongMemoryTask<Matrix, Matrix> {
  /** Size of the vocabulary: the symbols are 0 … symbols − 1, then come these two. */
  readonly ids: { readonly count: number; readonly blank: number; readonly delimiter: number };
}

/**
 * `length` symbols, `steps` − 1 blanks, a delimiter, `length` blanks; the target is blank at all steps but the last
 * `length`, where it repeats the symbols.
 *
 * Shapes   x i32[rows, steps + 2·length] of ids in [0, symbols + 2) · y i32 of the same shape
 * Baseline cross-entropy length·ln(symbols) / (steps + 2·length), with the defaults 10·ln 8 / (T + 20): that of blanks
 *          where they belong and a guess at each symbol
 * Throws   `config-steps` · `config-length` · `config-symbols` · `config-train` · `config-test` · `rng-seed` ·
 *          `config-unknown`
 * Source   Hochreiter & Schmidhuber 1997; in the form of Arjovsky et al. 2016, arXiv:1511.06464, §4.1
 *
 * @example
 * const { train, ids } = copyTask({ steps: 200, seed: 1 });
 * const model = sequential([embedding({ inputDim: ids.count, outputDim: ids.count }),
 *   lstm({ units: 128, returnSequences: true }), dense({ units: ids.count, activation: 'softmax' })], { registry });
 * model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
 */
export function copyTask(options: CopyTaskOptions = {}): CopyTask {
  checkFields(WHERE, options, [...LONG_MEMORY_FIELDS, 'length', 'symbols']);
  const { steps = 200, train = 10_000, test = 1000, seed = 1, length = 10, symbols = 8 } = options;
  for (const [name, value] of Object.entries({ steps, train, test, length, symbols })) {
    checkSize(WHERE, name, value);
  }
  const rng = createRng(seed);
  const form = { steps, length, symbols };
  return {
    train: draw(rng.split('train'), train, form),
    test: draw(rng.split('test'), test, form),
    baseline: {
      loss: (length * ln(symbols)) / (steps + 2 * length),
      of: 'blanks where they belong, and a guess at each symbol',
    },
    ids: { count: symbols + 2, blank: symbols, delimiter: symbols + 1 },
  };
}

function draw(
  rng: Rng,
  rows: number,
  { steps, length, symbols }: { readonly steps: number; readonly length: number; readonly symbols: number },
): { x: Matrix; y: Matrix } {
  const width = steps + 2 * length;
  const x = new Int32Array(rows * width).fill(symbols);
  const y = x.slice();
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    for (let i = 0; i < length; i++) {
      const symbol = rng.int(symbols);
      x[start + i] = symbol;
      y[start + width - length + i] = symbol;
    }
    x[start + length + steps - 1] = symbols + 1;
  }
  const shape = [rows, width] as const;
  return { x: { data: x, shape }, y: { data: y, shape } };
}

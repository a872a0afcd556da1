/**
 * The adding problem: two numbers of a long sequence are marked, and their sum is asked for at its end.
 *
 * One of the two tasks by which the literature measures how far back a recurrent network remembers; the other is
 * `copyTask`. Generated, from a seed alone.
 */
import { checkFields, checkSize, createRng, OstinatoError, type Rng, show } from '@ostinato/core';
import type { Sequences, Vector } from './arrays.js';
import { LONG_MEMORY_FIELDS, type LongMemoryOptions, type LongMemoryTask } from './long-memory-task.js';

const WHERE = 'addingProblem';

/**
 * Sequences of a value in [0, 1) and a mark at each step; two steps are marked with 1, one in each half, all others with
 * 0. The target is the sum of the two marked values.
 *
 * Shapes   x f32[rows, steps, 2] (value, mark) · y f32[rows]
 * Baseline mean squared error 1/6: that of always answering 1, the mean; it is the variance of the sum of two numbers
 *          that are uniform in [0, 1)
 * Throws   `config-steps` below 2 · `config-train` · `config-test` · `rng-seed` · `config-unknown`
 * Source   Hochreiter & Schmidhuber 1997, Neural Computation 9(8), experiment 4; in the form of Le et al. 2015,
 *          arXiv:1504.00941, §4.1, and Arjovsky et al. 2016, arXiv:1511.06464, §4.2
 * Differs  Hochreiter and Schmidhuber draw values from [−1, 1), mark the ends with −1 and scale the target; Le et al.
 *          print the baseline as 0.1767, which is 1/6 with a digit too many
 *
 * @example
 * const { train, test, baseline } = addingProblem({ steps: 200, seed: 1 });
 * model.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
 * await model.fit(train.x, train.y, { epochs: 10 }); // baseline.loss 0.1667 is what a model without memory reaches
 */
export function addingProblem(options: LongMemoryOptions = {}): LongMemoryTask<Sequences, Vector> {
  checkFields(WHERE, options, LONG_MEMORY_FIELDS);
  const { steps = 200, train = 10_000, test = 1000, seed = 1 } = options;
  checkSteps(steps);
  checkSize(WHERE, 'train', train);
  checkSize(WHERE, 'test', test);
  const rng = createRng(seed);
  return {
    train: draw(rng.split('train'), train, steps),
    test: draw(rng.split('test'), test, steps),
    baseline: { loss: 1 / 6, of: 'always answering 1, the mean of the sums' },
  };
}

function draw(rng: Rng, rows: number, steps: number): { x: Sequences; y: Vector } {
  const x = new Float32Array(rows * steps * 2);
  const y = new Float32Array(rows);
  const half = Math.floor(steps / 2);
  for (let row = 0; row < rows; row++) {
    const start = row * steps * 2;
    for (let step = 0; step < steps; step++) x[start + 2 * step] = unit(rng);
    for (const marked of [rng.int(half), half + rng.int(steps - half)]) {
      x[start + 2 * marked + 1] = 1;
      y[row]! += x[start + 2 * marked]!;
    }
  }
  return { x: { data: x, shape: [rows, steps, 2] }, y: { data: y, shape: [rows] } };
}

/** A number in [0, 1) that f32 holds exactly: rounding one of 53 bits could give 1. */
function unit(rng: Rng): number {
  return (rng.uint32() >>> 8) / 2 ** 24;
}

function checkSteps(steps: number): void {
  checkSize(WHERE, 'steps', steps);
  if (steps >= 2) return;
  throw new OstinatoError('config-steps', {
    where: WHERE,
    what: 'There is no room for a mark in each half',
    expected: 'at least 2 steps',
    received: show(steps),
  });
}

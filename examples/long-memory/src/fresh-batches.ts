/** Batches of samples that nobody has seen before: each epoch is generated when its turn comes, from a seed of its own. */
import type { Batches, ShapedArray } from '@ostinato/training';

interface Samples {
  readonly x: ShapedArray;
  readonly y: ShapedArray;
}

/**
 * `draw` gives as many samples as it is asked for, from a seed.
 *
 * Memory   one epoch at a time
 *
 * @example
 * const batches = freshBatches((rows, seed) => addingProblem({ train: rows, seed }).train, 100, 64);
 * await model.fit(batches, { epochs: 20 });
 */
export function freshBatches(
  draw: (rows: number, seed: number) => Samples,
  count: number,
  batchSize: number,
): Batches {
  const epoch = function* (index: number) {
    const { x, y } = draw(count * batchSize, 1000 + index);
    for (let i = 0; i < count; i++) {
      yield { x: rows(x, i * batchSize, batchSize), y: rows(y, i * batchSize, batchSize) };
    }
  };
  return { length: count, epoch, [Symbol.iterator]: () => epoch(0) };
}

/** Some rows as a view. */
function rows({ data, shape }: ShapedArray, start: number, count: number): ShapedArray {
  const size = data.length / shape[0]!;
  return { data: data.subarray(start * size, (start + count) * size), shape: [count, ...shape.slice(1)] };
}

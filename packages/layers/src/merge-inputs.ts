/** What Add and Multiply share: how several inputs are broadcast to one shape, and which steps of the result count. */
import { type Mask, OstinatoError, type Shape, showShape } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/**
 * The shape of inputs of one batch that are broadcast against each other from the last axis on, the batch aside.
 *
 * Throws   `inputs-count` for no inputs; `shape-mismatch` with the two inputs that do not fit
 */
export function mergedShape(shapes: readonly Shape[], where: string): Shape {
  const [first] = shapes;
  if (!first) {
    throw new OstinatoError('inputs-count', {
      where,
      what: 'There is nothing to merge',
      expected: 'at least one input',
      received: 'none',
    });
  }
  shapes.forEach((shape, i) => {
    const known = shapes.slice(0, i).findIndex((other) => !fits(other, shape));
    if (known >= 0 || shape.length === 0) throw mismatch(Math.max(known, 0), i, shapes, where);
  });
  return [batchOf(shapes), ...shapes.map((shape): Shape => shape.slice(1)).reduce(broadcast)];
}

function fits([batch, ...a]: Shape, [otherBatch, ...b]: Shape): boolean {
  if (typeof batch === 'number' && typeof otherBatch === 'number' && batch !== otherBatch) return false;
  const depth = Math.min(a.length, b.length);
  const [endA, endB] = [a.slice(a.length - depth), b.slice(b.length - depth)];
  return endA.every((size, i) => [null, 1, endB[i]].includes(size) || endB[i] === null || endB[i] === 1);
}

function batchOf(shapes: readonly Shape[]): number | null {
  return shapes.find((shape) => shape[0] !== null)?.[0] ?? null;
}

/** A size that is not known may turn out 1 or that of the other. */
function broadcast(a: Shape, b: Shape): Shape {
  const [long, short] = a.length >= b.length ? [a, b] : [b, a];
  const lead = long.length - short.length;
  return long.map((size, i) => {
    const other = i < lead ? 1 : short[i - lead]!;
    if (size === 1) return other;
    return size === null && other !== null && other !== 1 ? other : size;
  });
}

function mismatch(a: number, b: number, shapes: readonly Shape[], where: string): OstinatoError {
  return new OstinatoError('shape-mismatch', {
    where,
    what: `Input ${a} ${showShape(shapes[a]!)} and input ${b} ${showShape(shapes[b]!)} do not fit together`,
    expected: 'one batch, and from the last axis on equal sizes or 1',
    received: shapes.map(showShape).join(' and '),
  });
}

/** The inputs with axes of size 1 behind the batch, so that all have as many. */
export function alignRanks(inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
  const rank = Math.max(...inputs.map((input) => input.rank));
  return inputs.map((input) => withAxesBehindBatch(input, rank - input.rank));
}

function withAxesBehindBatch(x: tf.Tensor, count: number): tf.Tensor {
  const [batch, ...rest] = x.shape;
  return count === 0 ? x : tf.reshape(x, [batch!, ...sizesOfOne(count), ...rest]);
}

/**
 * The mask of inputs that are broadcast to `shape`. A step counts when it does in any input; with an input that has no mask the result
 * has none. A mask has the first axes of its input, wherever these come to stand.
 *
 * Shapes   masks bool[batch, …], each with the first axes of its input → bool with the first axes of `shape`
 */
export function mergedMask(inputs: readonly tf.Tensor[], masks: readonly Mask[], shape: Shape): Mask {
  const known = masks.filter((mask) => mask !== null);
  if (known.length === 0 || known.length < inputs.length) return null;
  const placed = known.map((mask, i) => withAxesBehindBatch(mask, shape.length - inputs[i]!.rank));
  const rank = Math.max(...placed.map((mask) => mask.rank));
  const taken = placed.map((mask) => stretchedMask(mask, shape.slice(0, rank) as number[]));
  return tf.cast(
    taken.reduce((a, b) => tf.maximum(a, b)),
    'bool',
  );
}

/** f32 of `shape`: 1 where a step counts, else 0. tfjs' wasm kernels do not broadcast booleans. */
export function stretchedMask(mask: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const numbers = tf.reshape(tf.cast(mask, 'float32'), [
    ...mask.shape,
    ...sizesOfOne(shape.length - mask.rank),
  ]);
  return numbers.shape.every((size, axis) => size === shape[axis])
    ? numbers
    : tf.mul(numbers, tf.ones([...shape]));
}

function sizesOfOne(count: number): number[] {
  return Array.from({ length: count }, () => 1);
}

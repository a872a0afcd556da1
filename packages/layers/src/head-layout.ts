/** How the axes of a tensor with heads are turned so that attention is a batch of matrix products, and back. */
import { OstinatoError, show } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** The axes of inputs of one rank: those attended over, and the others, the batch first; the features are neither. */
export interface HeadLayout {
  readonly attended: readonly number[];
  readonly outer: readonly number[];
}

/**
 * `axes` of an input with `rank` axes; negative ones count from the end, null means all between batch and features.
 *
 * Throws   `shape-mismatch` when an axis is the batch, the features, or none of the input's
 */
export function headLayout(rank: number, axes: readonly number[] | null, where: string): HeadLayout {
  const between = Array.from({ length: Math.max(0, rank - 2) }, (_, i) => i + 1);
  const attended = axes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? between;
  if (attended.length > 0 && attended.every((axis) => between.includes(axis)))
    return { attended, outer: [0, ...between.filter((axis) => !attended.includes(axis))] };
  throw new OstinatoError('shape-mismatch', {
    where,
    what: '`attentionAxes` does not fit the inputs',
    expected: `axes between the batch and the features of inputs with ${rank} axes`,
    received: show(axes),
  });
}

/**
 * Shapes   f32[batch, …, heads, size] → f32[...outer, heads, steps, size], `steps` being all attended axes in one; or
 *          with `turned` f32[...outer, heads, size, steps]
 */
export function splitHeads(x: tf.Tensor, layout: HeadLayout, turned = false): tf.Tensor {
  const ordered = tf.transpose(x, order(layout, x.rank, turned));
  const lead = ordered.shape.slice(0, layout.outer.length + 1);
  const size = x.shape.at(-1)!;
  return tf.reshape(ordered, turned ? [...lead, size, -1] : [...lead, -1, size]);
}

/**
 * The way back for queries that had the shape `like`.
 *
 * Shapes   f32[...outer, heads, steps, size] → f32[batch, …, heads, size]
 */
export function joinHeads(x: tf.Tensor, layout: HeadLayout, like: readonly number[]): tf.Tensor {
  const perm = order(layout, like.length + 1, false);
  const lead = x.shape.slice(0, layout.outer.length + 1);
  const apart = tf.reshape(x, [...lead, ...sizesOf(like, layout.attended), x.shape.at(-1)!]);
  return tf.transpose(
    apart,
    perm.map((_, axis) => perm.indexOf(axis)),
  );
}

/** The sizes of some axes. */
export function sizesOf<T>(shape: readonly T[], axes: readonly number[]): T[] {
  return axes.map((axis) => shape[axis]!);
}

function order({ outer, attended }: HeadLayout, rank: number, turned: boolean): number[] {
  const [heads, size] = [rank - 2, rank - 1];
  return turned ? [...outer, heads, size, ...attended] : [...outer, heads, ...attended, size];
}

/** Which scores of attention count: 1 where they do, 0 where not, in shapes that stretch to those of the scores. */
import type { Mask } from '@ostinato/core';
import * as tf from '@tensorflow/tfjs-core';

/** What is added to (or stands in place of) a score that does not count. Next to it a score of common size is lost. */
export const MASKED_SCORE = -1e9;

/** The pairs of a query's step and a value's step for which a rule holds, as numbers [1, steps, sources]. */
export function pairsWhere(
  steps: number,
  sources: number,
  counts: (step: number, source: number) => boolean,
): tf.Tensor {
  const values = Float32Array.from({ length: steps * sources }, (_, i) =>
    counts(Math.floor(i / sources), i % sources) ? 1 : 0,
  );
  return tf.tensor(values, [1, steps, sources]);
}

/** A step looks at itself and at what came before. */
export function causalPairs(steps: number, sources: number): tf.Tensor {
  return pairsWhere(steps, sources, (step, source) => source <= step);
}

/** A mask bool[batch, steps] of queries as numbers [batch, steps, 1]. */
export function alongQueries(mask: Mask): tf.Tensor | null {
  return mask && tf.cast(tf.expandDims(mask, 2), 'float32');
}

/** A mask bool[batch, sources] of values or keys as numbers [batch, 1, sources]. */
export function alongValues(mask: Mask): tf.Tensor | null {
  return mask && tf.cast(tf.expandDims(mask, 1), 'float32');
}

/** What all of several conditions leave; null when there are none. */
export function allOf(conditions: readonly (tf.Tensor | null)[]): tf.Tensor | null {
  const given = conditions.filter((condition) => condition !== null);
  return given.length === 0 ? null : given.reduce((all, condition) => tf.mul(all, condition));
}

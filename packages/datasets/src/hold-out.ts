/** Sets the last samples of a split aside, as `validationSplit` of `fit` does with arrays. */
import { OstinatoError, show } from '@ostinato/core';
import { type RaggedRows, rowCount, type Vector } from './arrays.js';

/** Sequences of their own lengths with a target each. */
export interface LabelledSequences {
  readonly x: RaggedRows;
  readonly y: Vector;
}

/**
 * All but the last `part` of the samples, and those: the very rows that `validationSplit: part` would take.
 *
 * Memory   the ids of both are views of the same array
 * Throws   `validation-split` when it is not a part, or leaves nothing on one side
 *
 * @example
 * const { train, validation } = holdOut(imdb.train, 0.2);
 * await model.fit(bucketByLength(train), { validationData: bucketByLength(validation) });
 */
export function holdOut(
  { x, y }: LabelledSequences,
  part: number,
): { readonly train: LabelledSequences; readonly validation: LabelledSequences } {
  const count = rowCount(x);
  const at = Math.floor(count * (1 - part));
  if (typeof part !== 'number' || !(part > 0 && part < 1) || at === 0 || at === count) {
    throw new OstinatoError('validation-split', {
      where: 'holdOut',
      what: '`part` does not leave samples on both sides',
      expected: `a part between 0 and 1 of ${count} samples`,
      received: show(part),
    });
  }
  return { train: slice({ x, y }, 0, at), validation: slice({ x, y }, at, count) };
}

function slice({ x, y }: LabelledSequences, start: number, end: number): LabelledSequences {
  const first = x.offsets[start]!;
  return {
    x: {
      data: x.data.subarray(first, x.offsets[end]!),
      offsets: x.offsets.slice(start, end + 1).map((offset) => offset - first),
    },
    y: { data: y.data.subarray(start, end), shape: [end - start] },
  };
}

/** Whether two peers computed the same. */
import { ANSWER_NAMES, type AnswerName, type Answers } from '../jobs/job.js';

/**
 * The largest difference that counts as agreement, in parts of the largest value of that tensor.
 *
 * float32 sums over up to 256 × 500 rows in another order differ by about 1e-6; a swapped gate or a lost step by 0.1.
 */
export const TOLERANCE = 2e-5;

export interface Difference {
  readonly answer: AnswerName;
  /** Largest absolute difference over the largest absolute value of `ours`; Infinity when a value is no number. */
  readonly worst: number;
}

/** The answer in which two peers differ most. Throws Error when they differ in size. */
export function largestDifference(ours: Answers, theirs: Answers): Difference {
  const differences = ANSWER_NAMES.map((answer) => ({
    answer,
    worst: differenceOf(ours[answer], theirs[answer], answer),
  }));
  return differences.reduce((most, next) => (most.worst >= next.worst ? most : next));
}

/** Whether such a difference is agreement. */
export function agrees({ worst }: Difference): boolean {
  return worst <= TOLERANCE;
}

function differenceOf(ours: Float32Array, theirs: Float32Array, name: AnswerName): number {
  if (ours.length !== theirs.length) {
    throw new Error(`${name} has ${theirs.length} values instead of ${ours.length}`);
  }
  let [difference, scale] = [0, 0];
  for (let i = 0; i < ours.length; i++) {
    const distance = Math.abs(ours[i]! - theirs[i]!);
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
    scale = Math.max(scale, Math.abs(ours[i]!));
  }
  return difference === 0 ? 0 : difference / scale;
}

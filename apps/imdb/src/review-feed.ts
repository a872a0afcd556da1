/** How reviews go through a model: padded to one length, or in batches of near length whose padding is masked. */
import {
  bucketByLength,
  holdOut,
  type LabelledSequences,
  type Matrix,
  raggedRows,
  type Vector,
} from '@ostinato/datasets';
import type { Callback, History, Logs, Sequential } from '@ostinato/training';
import type { TestFigures } from './run-figures.js';

/** Reviews as they are loaded: ids padded with 0 in front, and a label each. */
export interface PaddedReviews {
  readonly x: Matrix;
  readonly y: Vector;
}

/**
 * Reviews to a batch that nothing is learned from: several training batches at a time take a fifth less time than one by
 * one. What is said of a review does not depend on it; the last digits of a mean loss do.
 */
export const JUDGED_TOGETHER = 256;
/** Batches by length have so few shapes then that nearly all steps are repeated; the padding is masked, and not computed with. */
const STEPS_APART = 16;

export interface FeedOptions {
  /** Batches of near length in place of one length for all. */
  readonly bucket: boolean;
  readonly batchSize: number;
  readonly signal: AbortSignal;
}

/** What a test of a model shows. */
export interface TestResult {
  readonly figures: TestFigures;
  /** That each review is positive. */
  readonly probabilities: Float32Array;
}

export interface FitFeedOptions extends FeedOptions {
  readonly epochs: number;
  readonly validationSplit: number;
  readonly callbacks: readonly Callback[];
  /** The batches of near length, and their order, follow from it. */
  readonly seed: number;
}

/** Trains; the last reviews are for validation, the same ones in both ways. */
export async function fitReviews(
  model: Sequential,
  { x, y }: PaddedReviews,
  options: FitFeedOptions,
): Promise<History> {
  const { bucket, batchSize, seed, validationSplit, epochs, callbacks, signal } = options;
  const how = { epochs, callbacks, signal };
  const validationBatchSize = Math.max(batchSize, JUDGED_TOGETHER);
  if (!bucket) return model.fit(x, y, { ...how, batchSize, validationBatchSize, validationSplit });
  const all = withoutPadding({ x, y });
  const buckets = { batchSize, seed, maxLen: x.shape[1], padToMultipleOf: STEPS_APART };
  if (validationSplit === 0) return model.fit(bucketByLength(all, buckets), how);
  const { train, validation } = holdOut(all, validationSplit);
  const validationData = bucketByLength(validation, { batchSize: validationBatchSize, seed });
  return model.fit(bucketByLength(train, buckets), { ...how, validationData });
}

/** Loss and accuracy. Throws the signal's reason when it is interrupted. */
export async function evaluateReviews(
  model: Sequential,
  { x, y }: PaddedReviews,
  { bucket, batchSize, signal }: FeedOptions,
): Promise<TestFigures> {
  const logs = bucket
    ? await model.evaluate(bucketByLength(withoutPadding({ x, y }), { batchSize }), { signal })
    : await model.evaluate(x, y, { batchSize, signal });
  return testFigures(logs);
}

/** The same, and the probabilities behind the figures, from one pass. Throws the signal's reason likewise. */
export async function judgeReviews(
  model: Sequential,
  { x, y }: PaddedReviews,
  { bucket, batchSize, signal }: FeedOptions,
): Promise<TestResult> {
  const { figures, outputs } = bucket
    ? await model.evaluateWithOutputs(bucketByLength(withoutPadding({ x, y }), { batchSize }), { signal })
    : await model.evaluateWithOutputs(x, y, { batchSize, signal });
  try {
    return { figures: testFigures(figures), probabilities: Float32Array.from(await outputs.data()) };
  } finally {
    outputs.dispose();
  }
}

function testFigures({ loss, accuracy }: Logs): TestFigures {
  return { loss: loss!, accuracy: accuracy! };
}

/** So many batches, evenly out of all of them; by length, the longest is the last. */
export function someBatches(
  { x, y }: PaddedReviews,
  { bucket, batchSize }: Pick<FeedOptions, 'bucket' | 'batchSize'>,
  count: number,
): PaddedReviews[] {
  const [rows, steps] = x.shape;
  const batches = Math.ceil(rows / batchSize);
  const chosen = Array.from({ length: count }, (_, i) => Math.floor(((i + 0.5) / count) * batches));
  if (bucket) {
    const all = bucketByLength(withoutPadding({ x, y }), { batchSize });
    return [...all].filter((_, i) => chosen.includes(i));
  }
  return chosen.map((batch) => {
    const [from, to] = [batch * batchSize, Math.min(rows, (batch + 1) * batchSize)];
    return {
      x: { data: x.data.subarray(from * steps, to * steps), shape: [to - from, steps] },
      y: { data: y.data.subarray(from, to), shape: [to - from] },
    };
  });
}

/** In words. */
export function batching(bucket: boolean): string {
  return bucket ? 'by length, padding masked' : 'padded to one length';
}

/** The reviews in their own lengths: no word has the id 0. */
export function withoutPadding({ x, y }: PaddedReviews): LabelledSequences {
  const [count, steps] = x.shape;
  const rows = Array.from({ length: count }, (_, i) => {
    const row = x.data.subarray(i * steps, (i + 1) * steps);
    const first = row.findIndex((id) => id !== 0);
    return first < 0 ? row.subarray(steps) : row.subarray(first);
  });
  return { x: raggedRows(rows), y };
}

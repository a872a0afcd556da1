/** The test of a trained model: its figures, and what it says of each review. */
import type { Sequential } from '@ostinato/training';
import type { Corpus } from './data/load-corpus.js';
import { evaluateReviews, type FeedOptions, judgeReviews } from './review-feed.js';
import type { TestFigures } from './run-figures.js';
import type { Stopwatch } from './stopwatch.js';

export interface TestResult {
  readonly figures: TestFigures;
  /** That each review is positive. */
  readonly probabilities: Float32Array;
}

export interface TestOptions extends FeedOptions {
  readonly watch: Stopwatch;
}

/**
 * Loss and accuracy by `evaluate` (timed as 'evaluate'), and the probabilities behind them.
 *
 * Throws   the signal's reason when it is interrupted
 */
export async function judgeTestReviews(
  model: Sequential,
  { test }: Pick<Corpus, 'test'>,
  { watch, ...how }: TestOptions,
): Promise<TestResult> {
  const figures = await watch.time('evaluate', () => evaluateReviews(model, test, how));
  return { figures, probabilities: await judgeReviews(model, test, how) };
}

/** The test of a trained model: its figures, and what it says of each review. */
import type { Sequential } from '@ostinato/training';
import type { Corpus } from './data/load-corpus.js';
import type { TestFigures } from './run-figures.js';
import type { Stopwatch } from './stopwatch.js';

export interface TestResult {
  readonly figures: TestFigures;
  /** That each review is positive. */
  readonly probabilities: Float32Array;
}

export interface TestOptions {
  readonly batchSize: number;
  readonly signal: AbortSignal;
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
  { batchSize, signal, watch }: TestOptions,
): Promise<TestResult> {
  const options = { batchSize, signal };
  const { loss, accuracy } = await watch.time('evaluate', () => model.evaluate(test.x, test.y, options));
  const output = await model.predict(test.x, options);
  try {
    const probabilities = Float32Array.from(await output.data());
    return { figures: { loss: loss!, accuracy: accuracy! }, probabilities };
  } finally {
    output.dispose();
  }
}

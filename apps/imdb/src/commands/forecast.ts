/** How long a network will take, by a few batches of a copy that is thrown away. */
import { isOstinatoError } from '@ostinato/core';
import type { Sequential } from '@ostinato/training';
import { throwIfInterrupted } from '../interrupt.js';
import { VALIDATION_COST } from '../progress/work.js';
import { createModel, type KernelSummary, type ModelKind, summarizeKernels } from '../recipe.js';
import { someBatches } from '../review-feed.js';
import type { Comparison } from './comparison.js';

/** Batches that are timed, after one that warms up. */
const TIMED = 6;

export interface Forecast {
  readonly model: ModelKind;
  readonly kernels: KernelSummary;
  readonly secondsPerBatch: number;
  /** Of training, validation and test; NaN when the loss is lost in the first batches. */
  readonly seconds: number;
}

/** Throws   `Interrupted`, and what makes a training of this network impossible */
export async function forecast(kind: ModelKind, comparison: Comparison): Promise<Forecast> {
  const { options, engine, plan, corpus, interrupt } = comparison;
  const model = createModel({ ...options, model: kind }, engine.registry);
  try {
    const secondsPerBatch = await timeBatches(model, comparison, interrupt.signal);
    const testBatches = Math.ceil(corpus.test.y.data.length / options.batchSize);
    const trained = plan.epochs * (plan.batches + VALIDATION_COST * plan.validationBatches);
    const batches = trained + VALIDATION_COST * testBatches;
    const kernels = summarizeKernels(model.kernels);
    return { model: kind, kernels, secondsPerBatch, seconds: batches * secondsPerBatch };
  } finally {
    model.dispose();
  }
}

async function timeBatches(
  model: Sequential,
  { corpus, options }: Comparison,
  signal: AbortSignal,
): Promise<number> {
  const batches = someBatches(corpus.train, options, TIMED);
  try {
    const warmUp = batches.at(-1)!;
    await model.trainOnBatch(warmUp.x, warmUp.y);
    let seconds = 0;
    for (const { x, y } of batches) {
      await throwIfInterrupted(signal);
      const start = performance.now();
      await model.trainOnBatch(x, y);
      seconds += (performance.now() - start) / 1000;
    }
    await throwIfInterrupted(signal);
    return seconds / batches.length;
  } catch (error) {
    if (isOstinatoError(error, 'loss-nan')) return Number.NaN; // the training itself will say so
    throw error;
  }
}

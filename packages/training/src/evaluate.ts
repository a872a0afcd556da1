/** Loss and metrics of many samples, batch by batch. */
import { evaluateBatch } from './batch-figures.js';
import type { Breathing } from './breathing.js';
import type { Compiled } from './compiled.js';
import { BatchReader, disposeBatch } from './data/batch-reader.js';
import type { Samples } from './data/samples.js';
import type { LayerStack } from './layer-stack.js';
import { type Logs, RunningFigures } from './running-figures.js';

export interface EvaluateRun {
  readonly batchSize: number;
  readonly breathing: Breathing;
  /** Asked between batches. */
  readonly stopped?: () => boolean;
}

/** Figures of all samples; undefined when it was stopped before the end. */
export async function evaluateSamples(
  stack: LayerStack,
  compiled: Compiled,
  samples: Samples,
  run: EvaluateRun,
): Promise<Logs | undefined> {
  const reader = new BatchReader(samples, run.batchSize, true);
  const figures = new RunningFigures(compiled.metrics);
  for (let index = 0; index < reader.count; index++) {
    if (run.stopped?.()) return undefined;
    const batch = reader.batch(index);
    try {
      figures.add(await evaluateBatch(stack, compiled, batch), batch.size);
    } finally {
      disposeBatch(batch);
    }
    await run.breathing.pause();
  }
  return figures.logs();
}

/** Loss and metrics of many samples, batch by batch. */
import { evaluateBatch } from './batch-figures.js';
import type { Compiled } from './compiled.js';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { withBatch } from './data/device-batch.js';
import { countSamples } from './data/samples.js';
import type { Network } from './model/network.js';
import { type Logs, RunningFigures } from './running-figures.js';

/** Figures of all samples; undefined when it was stopped before the end. */
export async function evaluateBatches(
  network: Network,
  compiled: Compiled,
  source: BatchSource,
  pace: Pace,
): Promise<Logs | undefined> {
  const figures = new RunningFigures(compiled.figures);
  const finished = await eachBatch(source, null, pace, async (samples) => {
    if (samples.resetStates) network.resetStates();
    const found = await withBatch(samples, (batch) => evaluateBatch(network, compiled, batch));
    figures.add(found, countSamples(samples));
  });
  return finished ? figures.logs() : undefined;
}

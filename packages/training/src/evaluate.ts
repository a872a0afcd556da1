/** Loss and metrics of many samples, batch by batch. */
import type * as tf from '@tensorflow/tfjs-core';
import { evaluateBatch } from './batch-figures.js';
import { checkRun } from './check-run.js';
import type { Compiled } from './compiled.js';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { withBatch } from './data/device-batch.js';
import { GatheredOutputs } from './data/gathered-outputs.js';
import { countSamples } from './data/samples.js';
import type { DataArguments } from './data-arguments.js';
import type { Intake } from './intake.js';
import type { EvaluateOptions } from './model/model-options.js';
import type { Network } from './model/network.js';
import { type Logs, RunningFigures } from './running-figures.js';

/** The model's side: what computes, what is measured, and its door. */
export interface EvaluatedModel {
  readonly network: Network;
  readonly compiled: Compiled;
  readonly intake: Intake;
}

/** What came of samples, and what the model said of each. */
export interface Evaluation<Outputs> {
  readonly figures: Logs;
  readonly outputs: Outputs;
}

/**
 * Goes through what a user gave. There are no outputs unless they are wanted.
 *
 * Memory   returns new tensors for the outputs; none when it throws
 * Throws   what `Model.evaluateWithOutputs` does
 */
export async function evaluateData(
  { network, compiled, intake }: EvaluatedModel,
  given: DataArguments<EvaluateOptions>,
  withOutputs: boolean,
  where: string,
): Promise<Evaluation<readonly tf.Tensor[]>> {
  const { batchSize, pace, signal } = checkRun(where, given.options, ['sampleWeight']);
  const source = await intake.trainingSource(given, { batchSize, rows: withOutputs }, compiled, where);
  const gathered = withOutputs ? new GatheredOutputs(source.size, where) : undefined;
  const figures = await evaluateBatches(network, compiled, source, pace, gathered);
  if (!figures) throw signal!.reason;
  return { figures, outputs: gathered?.toTensors() ?? [] };
}

/** Figures of all samples; undefined when it was stopped before the end. The outputs go into `gathered`. */
export async function evaluateBatches(
  network: Network,
  compiled: Compiled,
  source: BatchSource,
  pace: Pace,
  gathered?: GatheredOutputs,
): Promise<Logs | undefined> {
  const figures = new RunningFigures(compiled.figures);
  const finished = await eachBatch(source, null, pace, async (samples) => {
    if (samples.resetStates) network.resetStates();
    const look = gathered && ((outputs: readonly tf.Tensor[]) => gathered.add(outputs, samples.rows));
    const found = await withBatch(samples, (batch) => evaluateBatch(network, compiled, batch, look));
    figures.add(found, countSamples(samples));
  });
  return finished ? figures.logs() : undefined;
}

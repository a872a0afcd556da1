/** The loop of `fit`: epochs of shuffled batches, validation, callbacks, history. */
import type { Rng } from '@ostinato/core';
import { Breathing } from './breathing.js';
import type { Callback } from './callbacks.js';
import { BatchReader, disposeBatch } from './data/batch-reader.js';
import { countSamples, type Samples } from './data/samples.js';
import { evaluateSamples } from './evaluate.js';
import { asValidation, type EpochRecord, type History } from './history.js';
import { type Logs, RunningFigures } from './running-figures.js';
import type { Sequential } from './sequential.js';
import { type Trainable, trainBatch } from './train-batch.js';

/** A run, with everything checked. */
export interface FitRun {
  readonly model: Sequential;
  readonly trainable: Trainable;
  readonly train: Samples;
  readonly validation: Samples | undefined;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly batchSize: number;
  /** The stream that shuffles, or null to keep the samples' order. */
  readonly shuffle: Rng | null;
  readonly callbacks: readonly Callback[];
  readonly history: History;
  /** Asked between batches. */
  readonly stopped: () => boolean;
}

/** Runs all epochs, or as many as there are until it is stopped. */
export async function runFit(run: FitRun): Promise<void> {
  const { model, callbacks, history } = run;
  const reader = new BatchReader(run.train, run.batchSize, run.shuffle === null);
  const breathing = new Breathing();
  let logs: Logs | undefined;
  for (const callback of callbacks) await callback.onTrainBegin?.(model);
  let epoch = run.initialEpoch;
  for (; epoch < run.epochs && !run.stopped(); epoch++) {
    const started = performance.now();
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, model);
    const figures = await runEpoch(run, reader, epoch, breathing);
    if (!figures) break;
    logs = figures;
    const seconds = (performance.now() - started) / 1000;
    history.epochs.push({ epoch: epoch + 1, seconds, ...figures } as EpochRecord);
    for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, model);
    await breathing.now();
  }
  history.stopped = epoch < run.epochs;
  for (const callback of callbacks) await callback.onTrainEnd?.(logs, model);
}

/** Figures of an epoch; undefined when it was stopped before its end. */
async function runEpoch(
  run: FitRun,
  reader: BatchReader,
  epoch: number,
  breathing: Breathing,
): Promise<Logs | undefined> {
  const { model, trainable, callbacks } = run;
  const figures = new RunningFigures(trainable.compiled.metrics);
  const order = run.shuffle?.split(epoch).permutation(countSamples(run.train));
  for (let index = 0; index < reader.count; index++) {
    if (run.stopped()) return undefined;
    for (const callback of callbacks) await callback.onBatchBegin?.(index, model);
    const place = `epoch ${epoch + 1} of ${run.epochs}, batch ${index + 1} of ${reader.count}`;
    await stepThrough(trainable, reader, index, order, place, figures);
    for (const callback of callbacks) {
      if (callback.onBatchEnd) await callback.onBatchEnd(index, figures.logs(), model);
    }
    await breathing.pause();
  }
  if (!run.validation) return figures.logs();
  const options = { batchSize: run.batchSize, breathing, stopped: run.stopped };
  const { stack, compiled } = trainable;
  const validation = await evaluateSamples(stack, compiled, run.validation, options);
  return validation && { ...figures.logs(), ...asValidation(validation) };
}

async function stepThrough(
  trainable: Trainable,
  reader: BatchReader,
  index: number,
  order: Int32Array | undefined,
  place: string,
  figures: RunningFigures,
): Promise<void> {
  const batch = reader.batch(index, order);
  try {
    figures.add(await trainBatch(trainable, batch, place), batch.size);
  } finally {
    disposeBatch(batch);
  }
}

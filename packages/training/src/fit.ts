/** The loop of `fit`: epochs of batches, validation, callbacks, history. */
import { Breathing } from './breathing.js';
import type { Callback } from './callbacks.js';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { withBatch } from './data/device-batch.js';
import { countSamples } from './data/samples.js';
import { evaluateBatches } from './evaluate.js';
import { asValidation, type EpochRecord, type History } from './history.js';
import type { Model } from './model/model.js';
import { type Logs, RunningFigures } from './running-figures.js';
import { type Trainable, trainBatch } from './train-batch.js';

/** A run, with everything checked. */
export interface FitRun {
  readonly model: Model;
  readonly trainable: Trainable;
  readonly train: BatchSource;
  readonly validation: BatchSource | undefined;
  readonly epochs: number;
  readonly initialEpoch: number;
  readonly callbacks: readonly Callback[];
  readonly history: History;
  /** Asked between batches. */
  readonly stopped: () => boolean;
  /** Why, once it is stopped. */
  readonly reason: () => string | undefined;
}

/** Runs all epochs, or as many as there are until it is stopped. */
export async function runFit(run: FitRun): Promise<void> {
  const { model, callbacks, history, stopped } = run;
  const pace = { stopped, breathing: new Breathing() };
  let logs: Logs | undefined;
  for (const callback of callbacks) await callback.onTrainBegin?.(model);
  let epoch = run.initialEpoch;
  for (; epoch < run.epochs && !stopped(); epoch++) {
    const started = performance.now();
    for (const callback of callbacks) await callback.onEpochBegin?.(epoch, model);
    const figures = await runEpoch(run, epoch, pace);
    if (!figures) break;
    logs = figures;
    const seconds = (performance.now() - started) / 1000;
    history.epochs.push({ epoch: epoch + 1, seconds, ...figures } as EpochRecord);
    for (const callback of callbacks) await callback.onEpochEnd?.(epoch, logs, model);
    await pace.breathing.now();
  }
  history.stopped = epoch < run.epochs;
  if (history.stopped) history.reason = run.reason();
  for (const callback of callbacks) await callback.onTrainEnd?.(logs, model);
}

/** Figures of an epoch; undefined when it was stopped before its end. */
async function runEpoch(run: FitRun, epoch: number, pace: Pace): Promise<Logs | undefined> {
  const { model, trainable, callbacks, train } = run;
  const { network, compiled } = trainable;
  const figures = new RunningFigures(compiled.figures);
  const total = train.count === undefined ? '' : ` of ${train.count}`;
  let failed = false;
  const finished = await eachBatch(train, epoch, pace, async (samples, index) => {
    for (const callback of callbacks) await callback.onBatchBegin?.(index, model);
    if (samples.resetStates) network.resetStates();
    const place = `epoch ${epoch + 1} of ${run.epochs}, batch ${index + 1}${total}`;
    const step = withBatch(samples, (batch) => trainBatch(trainable, batch, place));
    const found = await step.catch((error: unknown) => endWith(run, index, error));
    if (!found) {
      failed = true;
      return;
    }
    figures.add(found, countSamples(samples));
    for (const callback of callbacks) {
      if (callback.onBatchEnd) await callback.onBatchEnd(index, figures.logs(), model);
    }
  });
  if (!finished || failed) return undefined;
  if (!run.validation) return figures.logs();
  const validation = await evaluateBatches(network, compiled, run.validation, pace);
  return validation && { ...figures.logs(), ...asValidation(validation) };
}

/** Stops the training if a callback says that this error is its end; else throws the error. */
async function endWith({ model, callbacks }: FitRun, batch: number, error: unknown): Promise<undefined> {
  let ends = false;
  for (const callback of callbacks) {
    if (await callback.onBatchError?.(batch, error, model)) ends = true;
  }
  if (!ends) throw error;
  model.stop(error instanceof Error ? error.message : String(error));
}

/** The loop of `fit`: epochs of batches, validation, callbacks, history. */
import { Breathing } from './breathing.js';
import type { Callback } from './callbacks.js';
import { readKeptStates } from './checkpoint/kept-states.js';
import { type BatchSource, eachBatch, type Pace } from './data/batch-source.js';
import { withBatch } from './data/device-batch.js';
import { countSamples, type Samples } from './data/samples.js';
import { evaluateBatches } from './evaluate.js';
import type { FitProgress } from './fit-progress.js';
import { asValidation, type EpochRecord, type History } from './history.js';
import type { Model } from './model/model.js';
import { RecordedPasses } from './recorded-passes.js';
import { type Logs, RunningFigures } from './running-figures.js';
import { type Trainable, trainBatch } from './train-batch.js';

/** A run, with everything checked. */
export interface FitRun {
  readonly model: Model;
  readonly trainable: Trainable;
  readonly train: BatchSource;
  readonly validation: BatchSource | undefined;
  readonly epochs: number;
  readonly callbacks: readonly Callback[];
  readonly history: History;
  /** Where it stands; it begins at the first epoch. */
  readonly progress: FitProgress;
  /** Takes up a restored training state, if there is one. */
  readonly resume: () => Promise<void>;
  /** Asked between batches. */
  readonly stopped: () => boolean;
  /** Ends the waiting for a batch, too. */
  readonly signal?: AbortSignal | undefined;
  /** Whether it was interrupted from outside: it is to go on later, from the weights as they are. */
  readonly aborted: () => boolean;
  /** Why, once it is stopped. */
  readonly reason: () => string | undefined;
}

/** Runs all epochs, or as many as there are until it is stopped. */
export async function runFit(given: FitRun): Promise<void> {
  const { history, trainable } = given;
  const passes = new RecordedPasses(trainable.compiled, stepsOf(given));
  try {
    await runEpochs({
      ...given,
      trainable: { ...trainable, passes },
      callbacks: innermostLast(given.callbacks),
    });
  } finally {
    history.replayed = passes.replayed;
    history.replayRefusal = passes.refusal;
    passes.dispose();
  }
}

/** How many steps there will be, if nothing stops it; undefined when nobody knows. */
function stepsOf({ train, epochs, progress }: FitRun): number | undefined {
  const { epoch, batch } = progress.next;
  return train.count === undefined ? undefined : (epochs - epoch) * train.count - batch;
}

async function runEpochs(run: FitRun): Promise<void> {
  const { model, callbacks, history, progress, stopped } = run;
  const pace = { stopped, signal: run.signal, breathing: new Breathing() };
  await each(callbacks, (callback) => callback.onTrainBegin?.(model));
  await run.resume();
  let logs = lastFigures(history);
  while (progress.next.epoch < run.epochs && !stopped()) {
    if (progress.openEpoch())
      await each(callbacks, (callback) => callback.onEpochBegin?.(progress.epoch, model));
    const { epoch } = progress;
    const figures = await runEpoch(run, epoch, pace);
    if (!figures) break;
    logs = figures;
    history.epochs.push({ epoch: epoch + 1, seconds: progress.seconds, ...figures } as EpochRecord);
    progress.closeEpoch();
    await each(callbacks, (callback) => callback.onEpochEnd?.(epoch, figures, model));
    await pace.breathing.now();
  }
  history.stopped = progress.next.epoch < run.epochs;
  if (history.stopped) history.reason = run.reason();
  progress.interrupted = history.stopped && run.aborted();
  const ends = (those: readonly Callback[]) => each(those, (callback) => callback.onTrainEnd?.(logs, model));
  await ends(callbacks.filter(({ innermost }) => innermost));
  if (!progress.interrupted) run.trainable.compiled.state.finalizeVariableValues();
  await ends(callbacks.filter(({ innermost }) => !innermost));
}

/** Figures of an epoch; undefined when it was stopped before its end. */
async function runEpoch(run: FitRun, epoch: number, pace: Pace): Promise<Logs | undefined> {
  const { model, trainable, callbacks, train, progress } = run;
  const { network, compiled } = trainable;
  const figures = new RunningFigures(compiled.figures);
  if (progress.restored) figures.restore(progress.restored);
  progress.figures = figures;
  const total = train.count === undefined ? '' : ` of ${train.count}`;
  const reported = callbacks.some((callback) => callback.onBatchEnd);
  let failed = false;
  const takeStep = async (samples: Samples, index: number, ahead: () => void): Promise<void> => {
    progress.batch = index;
    await each(callbacks, (callback) => callback.onBatchBegin?.(index, model));
    if (samples.resetStates) network.resetStates();
    const place = `epoch ${epoch + 1} of ${run.epochs}, batch ${index + 1}${total}`;
    const step = withBatch(samples, (batch) => trainBatch(trainable, batch, place, ahead));
    const found = await step.catch((error: unknown) => endWith(run, index, error));
    if (!found) {
      failed = true;
      return;
    }
    figures.add(found, countSamples(samples));
    progress.closeBatch();
    if (!reported) return;
    const logs = figures.logs();
    await each(callbacks, (callback) => callback.onBatchEnd?.(index, logs, model));
  };
  const finished = await eachBatch(train, epoch, pace, takeStep, progress.next.batch);
  if (!finished || failed) return undefined;
  if (!run.validation) return figures.logs();
  const validation = await validate(run, run.validation, pace);
  return validation && { ...figures.logs(), ...asValidation(validation) };
}

/** Figures of the validation; undefined when it was stopped before its end. */
async function validate(run: FitRun, source: BatchSource, pace: Pace): Promise<Logs | undefined> {
  const { model, trainable, callbacks, progress } = run;
  const { network, compiled } = trainable;
  progress.held = await readKeptStates(network.placed);
  await each(callbacks, (callback) => callback.onTestBegin?.(model));
  const logs = await evaluateBatches(network, compiled, source, pace);
  if (logs) await each(callbacks, (callback) => callback.onTestEnd?.(logs, model));
  return logs;
}

/** Calls a hook of each; waits only for those that return something to wait for. */
async function each(
  callbacks: readonly Callback[],
  hook: (callback: Callback) => void | Promise<void>,
): Promise<void> {
  for (const callback of callbacks) {
    const pending = hook(callback);
    if (pending) await pending;
  }
}

function innermostLast(callbacks: readonly Callback[]): readonly Callback[] {
  return [
    ...callbacks.filter(({ innermost }) => !innermost),
    ...callbacks.filter(({ innermost }) => innermost),
  ];
}

/** Those of an epoch before, when the fit goes on from a checkpoint. */
function lastFigures({ epochs }: History): Logs | undefined {
  const last = epochs.at(-1);
  if (!last) return undefined;
  const { epoch: _, seconds: __, ...figures } = last;
  return figures as Logs;
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

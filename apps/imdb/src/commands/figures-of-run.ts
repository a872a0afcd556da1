/** Gathers every figure of a run. */
import type { TrainingOptions } from '../arguments/requests.js';
import type { Corpus } from '../data/load-corpus.js';
import { threadFigures } from '../engine.js';
import { summarizeKernels } from '../recipe.js';
import { batching } from '../review-feed.js';
import { peakRssMB, type RunFigures, rounded, type TestFigures } from '../run-figures.js';
import type { Ending, Run } from './run.js';

/** Times and memory are those up to now. */
export async function figuresOf(run: Run, ending: Ending, test: TestFigures | null): Promise<RunFigures> {
  const { options, model, engine } = run;
  const { kernels, reason } = summarizeKernels(model.kernels);
  return {
    data: dataFigures(run.corpus),
    model: options.model,
    params: model.countParams(),
    seed: options.seed,
    backend: engine.backend.backend,
    ...threadFigures(engine.threads()),
    kernels,
    kernelsReason: reason,
    bucketed: options.bucket,
    settings: settingsOf(options),
    epochs: model.history.epochs.map((epoch) => ({ ...epoch, seconds: rounded(epoch.seconds, 3) })),
    test,
    seconds: secondsOf(run),
    peakRssMB: rounded(peakRssMB(), 1),
    weightsSha256: await model.weightsSha256(),
    ended: ending.kind === 'failed' ? messageOf(ending.error) : ending.kind,
  };
}

export function dataFigures({ source, train, test }: Corpus): RunFigures['data'] {
  const { name, sha256, kind, note } = source;
  const counts = { train: train.y.data.length, test: test.y.data.length };
  return { name, sha256, ...counts, kind, ...(note === undefined ? {} : { note }) };
}

export function settingsOf(options: TrainingOptions): RunFigures['settings'] {
  const { units, embedding, maxLen, numWords, batchSize, epochs, validationSplit } = options;
  return {
    embedding,
    units,
    numWords,
    maxLen,
    epochs,
    batchSize,
    validationSplit,
    batches: batching(options.bucket),
    optimizer: 'adam',
    loss: 'binaryCrossentropy',
  };
}

function secondsOf({ watch }: Run): RunFigures['seconds'] {
  const seconds = (name: string): number => rounded(watch.seconds(name), 3);
  return {
    load: seconds('load'),
    train: seconds('train'),
    evaluate: seconds('evaluate'),
    total: rounded(watch.total, 3),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

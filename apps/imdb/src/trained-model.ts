/** A trained model with all it takes to use it: how texts become ids, which words it knows, what it was trained on. */
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { OstinatoError, type Registry } from '@ostinato/core';
import type { EncodingOptions } from '@ostinato/datasets';
import { loadModel, type Sequential } from '@ostinato/training';
import type { EngineOptions, ModelOptions } from './arguments/requests.js';
import { latestRun, runFiles } from './files/run-folder.js';
import { type RunRecord, readRunRecord } from './files/run-record.js';
import { defaultMaxLen } from './recipe.js';

export interface TrainedModel {
  readonly model: Sequential;
  /** The folder of its run, or of its file. */
  readonly folder: string;
  /** Absent for a model file without its run. */
  readonly record?: RunRecord;
  /** It takes reviews of any length and masks padding. */
  readonly bucketed: boolean;
  readonly maxLen: number;
  readonly encoding: EncodingOptions & { readonly numWords: number };
  /** The words of its run, if they were kept. */
  readonly wordsFile?: string;
}

/**
 * Opens the run or the file that the options name, else the latest run.
 *
 * Throws   `run-none` · `run-missing`, `run-form`, `run-newer` · `model-…` · `model-other` for a model that does not
 *          read reviews
 */
export async function openTrainedModel(
  options: ModelOptions & Pick<EngineOptions, 'fused'>,
  registry: Registry,
): Promise<TrainedModel> {
  const folder = options.modelFile
    ? dirname(resolve(options.modelFile))
    : resolve(options.run ?? (await latestRun()));
  const file = (kind: keyof typeof runFiles): string => join(folder, runFiles[kind]);
  const hasRecord = options.modelFile === undefined || (await exists(file('record')));
  const record = hasRecord ? await readRunRecord(file('record')) : undefined;
  const model = await loadModel(options.modelFile ?? file('model'), {
    registry,
    fused: options.fused,
  });
  const { maxLen, numWords } = sizesOf(model);
  const wordsFile = file('words');
  return {
    model,
    folder,
    bucketed: maxLen === null,
    maxLen: maxLen ?? record?.maxLen ?? defaultMaxLen,
    encoding: record?.encoding ?? { numWords },
    ...(record ? { record } : {}),
    ...((await exists(wordsFile)) ? { wordsFile } : {}),
  };
}

/** How many ids it reads (null: any number) and how many it knows, from the model itself. */
function sizesOf(model: Sequential): { maxLen: number | null; numWords: number } {
  const [, maxLen] = model.inputShape ?? [];
  const table = model.params[0];
  if (maxLen !== undefined && model.inputShape?.length === 2 && table?.name === 'embeddings') {
    return { maxLen, numWords: table.shape[0]! };
  }
  throw new OstinatoError('model-other', {
    where: 'ostinato-imdb',
    what: 'The model does not read reviews',
    expected: 'one made by ostinato-imdb train: the ids of words into an embedding',
    received: `input of ${model.inputShape?.length ?? 0} axes, first weight '${table?.path ?? 'none'}'`,
  });
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

/** What the command line can ask for, with every default filled in. */
import type { BackendName } from '@ostinato/backend';
import type { FusedPolicy } from '@ostinato/core';
import type { ModelKind } from '../recipe.js';

export interface CommonOptions {
  /** Print the result alone, and what a reader of the result must know. */
  readonly quiet: boolean;
  /** Print the stack of an error. */
  readonly verbose: boolean;
}

/** Where reviews come from. */
export interface DataOptions {
  /** An `imdb.npz`; otherwise the cached download, the download, or the built-in sample. */
  readonly data?: string | undefined;
  readonly sha256?: string | undefined;
  readonly offline: boolean;
}

/** What a model computes with. */
export interface EngineOptions {
  readonly backend: BackendName;
  readonly fused: FusedPolicy;
  /** Threads that the fused kernels run on. */
  readonly threads: number | 'auto';
}

/** How networks are trained and where results go. */
export interface TrainingOptions extends CommonOptions, DataOptions, EngineOptions {
  readonly epochs: number;
  readonly units: number;
  readonly embedding: number;
  readonly maxLen: number;
  readonly numWords: number;
  readonly batchSize: number;
  readonly validationSplit: number;
  readonly seed: number;
  /** Batches of near length, their padding masked. */
  readonly bucket: boolean;
  /** An `imdb_word_index.json`. */
  readonly wordIndex?: string | undefined;
  readonly out?: string | undefined;
  readonly json?: string | undefined;
}

/** How often a checkpoint is made within an epoch; after each epoch there is one in any case. */
export interface CheckpointRhythm {
  readonly batches?: number;
  readonly seconds?: number;
}

export interface TrainOptions extends TrainingOptions {
  readonly model: ModelKind;
  /** Folder of an earlier run to go on with, under its own settings. */
  readonly resume?: string | undefined;
  readonly checkpointEvery?: CheckpointRhythm | undefined;
  /** Names of the options that stood on the command line, for what must not contradict an earlier run. */
  readonly given?: readonly string[] | undefined;
}

export interface CompareOptions extends TrainingOptions {
  /** In the order in which they are trained. */
  readonly models: readonly ModelKind[];
}

/** Which trained model is meant: the latest run when neither is given. */
export interface ModelOptions {
  readonly run?: string | undefined;
  readonly modelFile?: string | undefined;
}

export interface EvaluateOptions extends CommonOptions, DataOptions, EngineOptions, ModelOptions {
  readonly batchSize: number;
  readonly json?: string | undefined;
}

export interface PredictOptions extends CommonOptions, EngineOptions, ModelOptions {
  readonly wordIndex?: string | undefined;
}

export type Request =
  | { readonly command: 'train'; readonly options: TrainOptions }
  | { readonly command: 'compare'; readonly options: CompareOptions }
  | { readonly command: 'evaluate'; readonly options: EvaluateOptions }
  | { readonly command: 'predict'; readonly options: PredictOptions; readonly reviews: readonly string[] }
  | { readonly command: 'print'; readonly text: string };

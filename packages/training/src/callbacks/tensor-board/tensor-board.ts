/** Writes event files for TensorBoard. */
import { checkBoolean, checkCount, checkFields } from '@ostinato/core';
import type { Callback, CallbackState } from '../../callbacks.js';
import type { Model } from '../../model/model.js';
import type { Logs } from '../../running-figures.js';
import type { Storage } from '../../storage/storage.js';
import { folderOf } from '../log-file.js';
import { batchesBetween, type UpdateFreq } from '../update-freq.js';
import { histogramRecord, scalarRecord } from './event-records.js';
import { type EventFileState, EventWriter } from './event-writer.js';
import { snakeCase, validationFigure } from './tag-names.js';

export interface TensorBoardOptions {
  /** The folder of the runs `train` and `validation`, or the beginning of their keys in `storage`. Default 'logs'. */
  readonly logDir?: string;
  /** Default: the file system of Node. */
  readonly storage?: Storage;
  /** Epochs between two histograms of each weight; 0 for none. Default 0. */
  readonly histogramFreq?: number;
  /** 'batch' or a number of batches adds figures of batches to those of epochs. Default 'epoch'. */
  readonly updateFreq?: UpdateFreq;
  /** Default false. */
  readonly writeStepsPerSecond?: boolean;
  /** Default true. */
  readonly writeLearningRate?: boolean;
}

const WHERE = 'tensorBoard';
const RUNS = ['train', 'validation'] as const;
type Run = (typeof RUNS)[number];

/**
 * Figures, learning rate and histograms of the weights as TensorBoard reads them, under Keras' names: `epoch_loss`,
 * `epoch_learning_rate`, `batch_loss`, `dense/kernel/histogram` in the run `train`, `epoch_loss` and
 * `evaluation_loss_vs_iterations` in the run `validation`. Epochs count from 0, batches from 1 over all epochs.
 *
 * A training that goes on from a checkpoint cuts its files back to where they were then: no event twice, none lost.
 *
 * Throws   `config-…`; `log-shorter`; `storage-…`
 * Differs  no graphs, images, profiles or embeddings
 *
 * @example
 * const board = tensorBoard({ logDir: 'runs/first', histogramFreq: 1 }); // then: tensorboard --logdir runs
 */
export function tensorBoard(options: TensorBoardOptions = {}): Callback {
  const board = new Board(checked(options));
  return {
    name: WHERE,
    onTrainBegin: () => board.begin(),
    onEpochBegin: () => board.beginEpoch(),
    onBatchBegin: () => board.beginBatch(),
    onBatchEnd: (_batch, logs) => board.endBatch(logs),
    onBatchError: async () => {
      await board.flush();
      return false;
    },
    onTestEnd: (logs) => board.endTest(logs),
    onEpochEnd: (epoch, logs, model) => board.endEpoch(epoch, logs, model),
    onTrainEnd: () => board.flush(),
    getState: () => board.getState(),
    setState: (state) => board.setState(state),
  };
}

interface Settings extends Required<Omit<TensorBoardOptions, 'logDir' | 'updateFreq'>> {
  /** Stands before the keys. */
  readonly prefix: string;
  readonly every: number;
}

function checked(options: TensorBoardOptions): Settings {
  checkFields(WHERE, options, [
    'logDir',
    'storage',
    'histogramFreq',
    'updateFreq',
    'writeStepsPerSecond',
    'writeLearningRate',
  ]);
  const { logDir = 'logs', histogramFreq = 0, updateFreq = 'epoch' } = options;
  const { writeStepsPerSecond = false, writeLearningRate = true } = options;
  checkCount(WHERE, 'histogramFreq', histogramFreq);
  checkBoolean(WHERE, 'writeStepsPerSecond', writeStepsPerSecond);
  checkBoolean(WHERE, 'writeLearningRate', writeLearningRate);
  const every = batchesBetween(updateFreq, WHERE);
  const place = folderOf(logDir, options.storage, WHERE, 'logDir');
  return { ...place, histogramFreq, every, writeStepsPerSecond, writeLearningRate };
}

/** The files of a training, and what they are told. */
class Board {
  readonly #settings: Settings;
  readonly #writers: Readonly<Record<Run, EventWriter>>;
  #fits = 0;
  /** Batches trained so far. */
  #batches = 0;
  #epochStart = { batches: 0, time: 0 };
  #batchStart = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
    const writer = (): EventWriter => new EventWriter(settings.storage, '', WHERE);
    this.#writers = { train: writer(), validation: writer() };
  }

  begin(): void {
    this.#batches = 0;
    this.#fits += 1;
    const name = fileName(Date.now(), this.#fits);
    for (const run of RUNS) this.#writers[run].begin(`${this.#settings.prefix}${run}/${name}`);
    this.beginEpoch();
  }

  beginEpoch(): void {
    this.#epochStart = { batches: this.#batches, time: performance.now() };
  }

  beginBatch(): void {
    this.#batchStart = performance.now();
  }

  async endBatch(logs: Logs): Promise<void> {
    this.#batches += 1;
    if (this.#batches % this.#settings.every !== 0) return;
    const speed = perSecond(1, this.#batchStart);
    await this.#scalars('train', 'batch_', this.#batches, {
      ...(this.#settings.writeStepsPerSecond ? { stepsPerSecond: speed } : {}),
      ...logs,
    });
  }

  async endTest(logs: Logs): Promise<void> {
    for (const [name, value] of Object.entries(logs)) {
      await this.#scalar('validation', `evaluation_${snakeCase(name)}_vs_iterations`, this.#batches, value);
    }
  }

  async endEpoch(epoch: number, logs: Logs, model: Model): Promise<void> {
    const { histogramFreq, writeLearningRate, writeStepsPerSecond } = this.#settings;
    const figures: Record<Run, Record<string, number>> = { train: {}, validation: {} };
    for (const [name, value] of Object.entries(logs)) {
      const validated = validationFigure(name);
      if (validated === undefined) figures.train[name] = value;
      else figures.validation[validated] = value;
    }
    if (writeLearningRate) figures.train.learningRate = model.optimizer.learningRate;
    const { batches, time } = this.#epochStart;
    if (writeStepsPerSecond) figures.train.stepsPerSecond = perSecond(this.#batches - batches, time);
    for (const run of RUNS) await this.#scalars(run, 'epoch_', epoch, figures[run]);
    if (histogramFreq > 0 && epoch % histogramFreq === 0) await this.#histograms(epoch, model);
    await this.flush();
  }

  async flush(): Promise<void> {
    for (const run of RUNS) await this.#writers[run].flush();
  }

  async getState(): Promise<CallbackState> {
    const files: Record<string, { key: string; bytes: number }> = {};
    for (const run of RUNS) files[run] = { ...(await this.#writers[run].getState()) };
    return { json: { batches: this.#batches, files } };
  }

  async setState({ json }: CallbackState): Promise<void> {
    const { batches, files } = json as unknown as { batches: number; files: Record<Run, EventFileState> };
    this.#batches = batches;
    this.beginEpoch();
    for (const run of RUNS) await this.#writers[run].setState(files[run]);
  }

  async #histograms(epoch: number, model: Model): Promise<void> {
    for (const { name, data } of await model.getWeights()) {
      const place = { tag: `${name}/histogram`, step: epoch, wallTime: Date.now() / 1000 };
      await this.#writers.train.add(histogramRecord(place, data), place.wallTime);
    }
  }

  async #scalars(
    run: Run,
    prefix: string,
    step: number,
    figures: Readonly<Record<string, number>>,
  ): Promise<void> {
    for (const [name, value] of Object.entries(figures)) {
      await this.#scalar(run, `${prefix}${snakeCase(name)}`, step, value);
    }
  }

  async #scalar(run: Run, tag: string, step: number, value: number): Promise<void> {
    const place = { tag, step, wallTime: Date.now() / 1000 };
    await this.#writers[run].add(scalarRecord(place, value), place.wallTime);
  }
}

function perSecond(count: number, since: number): number {
  return (1000 * count) / (performance.now() - since);
}

/** TensorBoard knows event files by their names, and reads those of a run in the order of their names. */
function fileName(now: number, fit: number): string {
  const { process } = globalThis as { readonly process?: { readonly pid?: number } };
  const seconds = String(Math.floor(now / 1000)).padStart(10, '0');
  return `events.out.tfevents.${seconds}.ostinato.${process?.pid ?? 0}.${now % 1000}-${fit}.v2`;
}

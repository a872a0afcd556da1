/** The callback that keeps a training safe: checkpoints while it runs, and the way back from them. */
import { checkBoolean, checkFields, checkSize, OstinatoError, show } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import type { Model } from '../model/model.js';
import { fileStorage } from '../storage/file-storage.js';
import type { Storage } from '../storage/storage.js';
import { checkStorage } from '../storage/storage-errors.js';
import { Checkpoints, type DamagedCheckpoint } from './checkpoints.js';
import { decodeState } from './state-file.js';

export interface BackupAndRestoreOptions {
  /** Where checkpoints are kept; they must be this training's alone. */
  readonly storage?: Storage | undefined;
  /** Short for `storage: fileStorage(path)`. */
  readonly path?: string | undefined;
  /** After each epoch, or after so many batches and after each epoch. Default 'epoch'. */
  readonly saveFreq?: 'epoch' | number | undefined;
  /** After so many seconds too, at the end of a batch. Default none. */
  readonly saveSeconds?: number | undefined;
  /** Removes the checkpoints once the training is finished; after one that was stopped they stay. Default true. */
  readonly deleteCheckpoint?: boolean | undefined;
  /** How many whole checkpoints are kept. Default 2. */
  readonly keep?: number | undefined;
  /** Told where the training goes on, and which newer checkpoints are damaged. Default: the damaged ones by `console.warn`. */
  readonly onRestore?: ((restored: RestoredCheckpoint) => void) | undefined;
}

export interface RestoredCheckpoint {
  readonly key: string;
  readonly damaged: readonly DamagedCheckpoint[];
}

const FIELDS = ['storage', 'path', 'saveFreq', 'saveSeconds', 'deleteCheckpoint', 'keep', 'onRestore'];
const WHERE = 'backupAndRestore';

class BackupAndRestore implements Callback {
  readonly name = 'backupAndRestore';
  readonly innermost = true;
  readonly #checkpoints: Checkpoints;
  readonly #every: number;
  readonly #seconds: number;
  readonly #delete: boolean;
  readonly #tell: (restored: RestoredCheckpoint) => void;
  #batches = 0;
  #saved = 0;

  constructor(storage: Storage, options: BackupAndRestoreOptions) {
    const { saveFreq = 'epoch', saveSeconds = Infinity, deleteCheckpoint = true, keep = 2 } = options;
    this.#checkpoints = new Checkpoints(storage, { keep, check: decodeState });
    this.#every = saveFreq === 'epoch' ? Infinity : saveFreq;
    this.#seconds = saveSeconds;
    this.#delete = deleteCheckpoint;
    this.#tell = options.onRestore ?? warnOfDamage;
  }

  /** Goes on from the newest checkpoint that is whole, if there is one. */
  async onTrainBegin(model: Model): Promise<void> {
    const found = await this.#checkpoints.latest();
    this.#batches = 0;
    this.#saved = performance.now();
    if (!found) return;
    await model.restoreTrainingState(found.bytes);
    const { key, damaged } = found;
    this.#tell({ key, damaged });
  }

  onBatchEnd(_batch: number, _logs: unknown, model: Model): Promise<void> | undefined {
    this.#batches += 1;
    const due = this.#batches >= this.#every || performance.now() - this.#saved >= this.#seconds * 1000;
    return due ? this.#save(model) : undefined;
  }

  onEpochEnd(_epoch: number, _logs: unknown, model: Model): Promise<void> {
    return this.#save(model);
  }

  /** A training that was stopped can go on to the bit, also within an epoch. */
  async onTrainEnd(_logs: unknown, model: Model): Promise<void> {
    if (model.history.stopped) await this.#save(model);
    else if (this.#delete) await this.#checkpoints.clear();
  }

  async #save(model: Model): Promise<void> {
    await this.#checkpoints.save(await model.trainingState());
    this.#batches = 0;
    this.#saved = performance.now();
  }
}

function warnOfDamage({ key, damaged }: RestoredCheckpoint): void {
  for (const { error } of damaged) console.warn(error.message);
  if (damaged.length > 0) console.warn(`[${WHERE}] The training goes on from ${key}, which is whole.`);
}

/**
 * Keeps a training safe against a loss of power, a kill, or Ctrl-C: `fit` with it goes on from the newest checkpoint in
 * its storage, and ends with the very weights and history of a training that nothing disturbed.
 *
 * Units    saveFreq counts batches; saveSeconds are seconds
 * Throws   `config-…`; in `fit`: `checkpoint-mismatch` when the checkpoint is of another training, `checkpoints-damaged`
 *          when there are some and none is whole, what the storage throws
 * Differs  Keras goes on at an epoch or a batch with a new random stream, and without what callbacks remember
 *
 * @example
 * await model.fit(x, y, { epochs: 10, callbacks: [backupAndRestore({ path: 'runs/first', saveFreq: 200 })] });
 */
export function backupAndRestore(options: BackupAndRestoreOptions): Callback {
  checkFields(WHERE, options, FIELDS);
  const { storage, path, saveFreq = 'epoch', saveSeconds = 1, deleteCheckpoint = true, keep = 2 } = options;
  if ((storage === undefined) === (path === undefined)) throw notOnePlace(options);
  if (saveFreq !== 'epoch') checkSize(WHERE, 'saveFreq', saveFreq);
  if (typeof saveSeconds !== 'number' || !(saveSeconds > 0)) throw notSeconds(saveSeconds);
  checkBoolean(WHERE, 'deleteCheckpoint', deleteCheckpoint);
  checkSize(WHERE, 'keep', keep);
  if (options.onRestore !== undefined && typeof options.onRestore !== 'function')
    throw notFunction(options.onRestore);
  const place = storage === undefined ? fileStorage(path!) : checkStorage(storage, WHERE);
  return new BackupAndRestore(place, options);
}

function notOnePlace({ storage, path }: BackupAndRestoreOptions): OstinatoError {
  return new OstinatoError('config-storage', {
    where: WHERE,
    what: 'It has to be told one place for its checkpoints',
    expected: "path: 'a/folder', or storage: a storage such as indexedDBStorage('training')",
    received: storage === undefined && path === undefined ? 'neither' : 'both',
  });
}

function notFunction(received: unknown): OstinatoError {
  return new OstinatoError('config-on-restore', {
    where: WHERE,
    what: '`onRestore` is not a function',
    received: show(received),
  });
}

function notSeconds(received: unknown): OstinatoError {
  return new OstinatoError('config-save-seconds', {
    where: WHERE,
    what: '`saveSeconds` is not a time',
    expected: 'a number above 0, in seconds',
    received: show(received),
  });
}

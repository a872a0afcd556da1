/** Saves the model while it is trained. */
import { checkBoolean, checkFields, checkNumber, OstinatoError, show } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import type { Model } from '../model/model.js';
import type { Logs } from '../running-figures.js';
import { weightsToBytes } from '../saving/weights-file.js';
import type { Storage } from '../storage/storage.js';
import { numberFromJson, numberToJson } from './json-number.js';
import { placeOf } from './log-file.js';
import { checkValidated, Monitor, type MonitorOptions } from './monitor.js';
import { checkTemplate, fieldsOf, fillTemplate } from './path-template.js';

export interface ModelCheckpointOptions extends MonitorOptions {
  /**
   * The path of the file, or its key in `storage`; may hold `{epoch}`, counted from 1, `{batch}` and figures such as
   * `{valLoss:.2f}`.
   */
  readonly filepath: string;
  /** Default: the file system of Node. */
  readonly storage?: Storage;
  /** Saves only when the figure is better than ever before. Default false. */
  readonly saveBestOnly?: boolean;
  /** Saves the weights alone, for `loadWeights`. Default false: the whole model with the optimizer's state, for `loadModel`. */
  readonly saveWeightsOnly?: boolean;
  /** 'epoch', or a number of batches. Default 'epoch'. */
  readonly saveFreq?: 'epoch' | number;
  /** What the figure has to be better than at first. */
  readonly initialValueThreshold?: number | null;
}

const WHERE = 'modelCheckpoint';

interface Rule extends Required<Omit<ModelCheckpointOptions, keyof MonitorOptions | 'storage'>> {
  readonly storage: Storage | undefined;
  /** undefined: save whatever the figures are. */
  readonly monitor: Monitor | undefined;
}

interface Course {
  best: number | null;
  epoch: number;
  /** Batches since it last saved. */
  batches: number;
}

/**
 * Saves the model after each epoch or every few batches: whole or not at all, over the file of the same name. To go on
 * training from where it was killed, use `backupAndRestore`.
 *
 * Throws   `config-…`; `monitor-unknown` and `template-field` when there is no such figure; `storage-…`
 * Differs  Keras saves at any figure when the one to monitor does not exist
 *
 * @example
 * const best = modelCheckpoint({ filepath: 'runs/best.safetensors', monitor: 'valAccuracy', saveBestOnly: true });
 */
export function modelCheckpoint(options: ModelCheckpointOptions): Callback {
  const rule = checked(options);
  const begin = (): Course => ({ best: rule.initialValueThreshold, epoch: 0, batches: 0 });
  let course = begin();
  return {
    name: WHERE,
    onTrainBegin: ({ run }) => {
      rule.monitor?.checkRun(run);
      for (const field of fieldsOf(rule.filepath)) checkValidated(field, run, 'template-field', WHERE);
      course = begin();
    },
    onEpochBegin: (epoch) => {
      course.epoch = epoch;
    },
    onBatchEnd: async (batch, logs, model) => {
      course.batches += 1;
      if (rule.saveFreq === 'epoch' || course.batches < rule.saveFreq) return;
      course.batches = 0;
      await save(rule, course, model, logs, { epoch: course.epoch + 1, batch: batch + 1 });
    },
    onEpochEnd: async (epoch, logs, model) => {
      if (rule.saveFreq === 'epoch') await save(rule, course, model, logs, { epoch: epoch + 1 });
    },
    getState: () => {
      const { best, ...rest } = course;
      return { json: { best: best === null ? null : numberToJson(best), ...rest } };
    },
    setState: ({ json }) => {
      const { best, epoch, batches } = json as unknown as Course;
      course = { best: numberFromJson(best), epoch, batches };
    },
  };
}

function checked(options: ModelCheckpointOptions): Rule {
  checkFields(WHERE, options, [
    'filepath',
    'storage',
    'monitor',
    'mode',
    'saveBestOnly',
    'saveWeightsOnly',
    'saveFreq',
    'initialValueThreshold',
  ]);
  const { filepath, storage, saveBestOnly = false, saveWeightsOnly = false, saveFreq = 'epoch' } = options;
  const { initialValueThreshold = null } = options;
  placeOf(filepath, storage, WHERE, 'filepath');
  checkTemplate(filepath, WHERE, 'filepath');
  checkBoolean(WHERE, 'saveBestOnly', saveBestOnly);
  checkBoolean(WHERE, 'saveWeightsOnly', saveWeightsOnly);
  if (saveFreq !== 'epoch' && !(Number.isSafeInteger(saveFreq) && saveFreq >= 1)) throw notFreq(saveFreq);
  if (initialValueThreshold !== null) checkNumber(WHERE, 'initialValueThreshold', initialValueThreshold);
  const monitor = saveBestOnly ? new Monitor(WHERE, options) : undefined;
  return { filepath, storage, monitor, saveBestOnly, saveWeightsOnly, saveFreq, initialValueThreshold };
}

async function save(
  rule: Rule,
  course: Course,
  model: Model,
  logs: Logs,
  counts: Readonly<Record<string, number>>,
): Promise<void> {
  if (rule.monitor) {
    const current = rule.monitor.read(logs);
    if (!rule.monitor.improves(current, course.best)) return;
    course.best = current;
  }
  const path = fillTemplate(rule.filepath, { ...logs, ...counts }, WHERE);
  const { storage, key } = placeOf(path, rule.storage, WHERE, 'filepath');
  const bytes = rule.saveWeightsOnly ? weightsToBytes(await model.getWeights()) : await model.toBytes();
  await storage.write(key, bytes);
}

function notFreq(received: unknown): OstinatoError {
  return new OstinatoError('config-save-freq', {
    where: WHERE,
    what: '`saveFreq` does not say when to save',
    expected: "'epoch' or a number of batches",
    received: show(received),
  });
}

/** Writes a line of JSON for each epoch, and for batches. */
import { checkBoolean, checkFields } from '@ostinato/core';
import type { Callback } from '../callbacks.js';
import type { Logs } from '../running-figures.js';
import type { Storage } from '../storage/storage.js';
import { numberToJson } from './json-number.js';
import { LogFile, placeOf } from './log-file.js';
import { batchesBetween, type UpdateFreq } from './update-freq.js';

export interface JSONLinesLoggerOptions {
  /** The path of the file, or its key in `storage`. */
  readonly filename: string;
  /** Default: the file system of Node. */
  readonly storage?: Storage;
  /** Goes on with a file that is there. Default false: it begins empty. */
  readonly append?: boolean;
  /** 'batch' or a number of batches adds lines between those of the epochs. Default 'epoch'. */
  readonly updateFreq?: UpdateFreq;
}

const WHERE = 'jsonLinesLogger';

/**
 * A line for each epoch, `{"epoch":0,"loss":0.6,…}`, and for every `updateFreq` batches one with the figures of the epoch
 * so far, `{"epoch":0,"batch":9,"loss":0.6,…}`. Epochs and batches count from 0; what is not finite stands as a word,
 * "NaN".
 *
 * A training that goes on from a checkpoint cuts the file back to where it was then: no line twice, none lost.
 *
 * Throws   `config-…`; `log-shorter`; `storage-…`
 *
 * @example
 * const logger = jsonLinesLogger({ filename: 'runs/first.jsonl', updateFreq: 100 });
 */
export function jsonLinesLogger(options: JSONLinesLoggerOptions): Callback {
  const { file, every } = checked(options);
  const course = { epoch: 0, batches: 0 };
  const write = (logs: Logs, place: { epoch: number; batch?: number }) => file.add(lineOf(place, logs));
  return {
    name: WHERE,
    onTrainBegin: () => {
      course.batches = 0;
      file.close();
    },
    onEpochBegin: async (epoch) => {
      course.epoch = epoch;
      await file.open();
    },
    onBatchEnd: async (batch, logs) => {
      course.batches += 1;
      if (course.batches % every === 0) await write(logs, { epoch: course.epoch, batch });
    },
    onBatchError: async () => {
      await file.flush();
      return false;
    },
    onEpochEnd: async (epoch, logs) => {
      await write(logs, { epoch });
      await file.flush();
    },
    onTrainEnd: () => file.flush(),
    getState: async () => {
      await file.open();
      await file.flush();
      return { json: { bytes: file.length, ...course } };
    },
    setState: async ({ json }) => {
      const { bytes, epoch, batches } = json as { bytes: number; epoch: number; batches: number };
      Object.assign(course, { epoch, batches });
      await file.goOnAt(bytes);
    },
  };
}

function checked(options: JSONLinesLoggerOptions): { file: LogFile; every: number } {
  checkFields(WHERE, options, ['filename', 'storage', 'append', 'updateFreq']);
  const { filename, storage, append = false, updateFreq = 'epoch' } = options;
  checkBoolean(WHERE, 'append', append);
  const every = batchesBetween(updateFreq, WHERE);
  return { file: new LogFile(placeOf(filename, storage, WHERE, 'filename'), append, WHERE), every };
}

function lineOf(place: { readonly epoch: number; readonly batch?: number }, logs: Logs): Uint8Array {
  const figures = Object.entries(logs).map(([name, value]) => [name, numberToJson(value)]);
  return new TextEncoder().encode(`${JSON.stringify({ ...place, ...Object.fromEntries(figures) })}\n`);
}

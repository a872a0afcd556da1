/** What must be the same where a training goes on, and what is said when it is not. */
import {
  type ConfigWriter,
  type JsonObject,
  type JsonValue,
  type Layer,
  OstinatoError,
  show,
  showShape,
} from '@ostinato/core';
import type { BatchSource } from '../data/batch-source.js';
import type { Model } from '../model/model.js';
import { documentWriter } from '../saving/write-model.js';

/** The data of a fit, by their sizes: their numbers are too many to look at. */
export interface FitFacts extends JsonObject {
  readonly batchSize: number | null;
  readonly shuffle: boolean | null;
  /** Samples of an epoch and of a validation; null where that is not known beforehand. */
  readonly samples: number | null;
  readonly batches: number | null;
  readonly validationSamples: number | null;
}

/** `arrays`: how batches are cut from arrays; null for batches that come as they are. */
export function fitFacts(
  train: BatchSource,
  validation: BatchSource | undefined,
  arrays: { readonly batchSize: number; readonly shuffle: boolean } | null,
): FitFacts {
  return {
    batchSize: arrays?.batchSize ?? null,
    shuffle: arrays?.shuffle ?? null,
    samples: train.size ?? null,
    batches: train.count ?? null,
    validationSamples: validation?.size ?? null,
  };
}

/** The model: its seed, its layers as the registry writes them, the shapes of its weights. */
export function modelFacts({ network, options }: Model): JsonObject {
  const { registry, seed } = options;
  const write = documentWriter(registry);
  const described = network.placed.map(({ layer, path }) => [path, describe(layer, write)]);
  const weights = network.weights().map(({ path, param: { shape, trainable } }) => {
    return [path, `${showShape(shape)}${trainable ? '' : ', not trained'}`];
  });
  return { seed, layers: Object.fromEntries(described), weights: Object.fromEntries(weights) };
}

/** Of a layer that the registry cannot write, its name has to do. */
function describe(layer: Layer, write: ConfigWriter): JsonValue {
  try {
    return write(layer);
  } catch {
    return layer.registeredName;
  }
}

/** At most so many differences are told. */
const TOLD = 5;

/**
 * Throws `checkpoint-mismatch` with what differs. A part that one side does not know is not compared: a state that was
 * made outside of a fit knows no data.
 */
export function checkFacts(saved: JsonObject, present: JsonObject, where: string): void {
  const found = Object.keys(saved)
    .filter((part) => present[part] !== undefined && present[part] !== null && saved[part] !== null)
    .flatMap((part) => differences(saved[part], present[part], part));
  if (found.length === 0) return;
  const more = found.length > TOLD ? `, and ${found.length - TOLD} more` : '';
  throw otherTraining(`${found.slice(0, TOLD).join('; ')}${more}`, where);
}

/** The error `checkpoint-mismatch`. */
export function otherTraining(difference: string, where: string, cause?: unknown): OstinatoError {
  return new OstinatoError('checkpoint-mismatch', {
    where,
    what: `The checkpoint is of another training: ${difference}`,
    fix: 'Go on with the same model, options and data, or begin anew without the checkpoint',
    cause,
  });
}

/** `fit.batchSize was 32 and is 16`, for each value that differs. */
function differences(saved: JsonValue | undefined, present: JsonValue | undefined, path: string): string[] {
  if (Object.is(saved, present)) return [];
  if (isContainer(saved) && isContainer(present) && Array.isArray(saved) === Array.isArray(present)) {
    const keys = new Set([...Object.keys(saved), ...Object.keys(present)]);
    return [...keys].flatMap((key) => differences(saved[key], present[key], `${path}.${key}`));
  }
  return [`${path} ${told('was', saved)} and ${told('is', present)}`];
}

function told(verb: 'was' | 'is', value: JsonValue | undefined): string {
  return value === undefined ? `${verb} not there` : `${verb} ${show(value)}`;
}

function isContainer(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null;
}

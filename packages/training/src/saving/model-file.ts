/**
 * Reads a model file; `encode-model.ts` writes it.
 */
import {
  isOstinatoError,
  type JsonObject,
  OstinatoError,
  type Shape,
  show,
  withinRoom,
} from '@ostinato/core';
import type { CompileOptions } from '../compiled.js';
import type { Model } from '../model/model.js';
import type { SavedOptimizerState } from '../optimizers/saved-optimizer-state.js';
import { Sequential } from '../sequential.js';
import type { NamedArray } from '../weights.js';
import { FORMAT, FORMAT_VERSION, OPTIMIZER } from './encode-model.js';
import { type ModelDescription, readDescription } from './model-description.js';
import { parseJson } from './parse-json.js';
import { checkLoadOptions, DocumentReader, type LoadOptions } from './read-model.js';
import { readSafetensors } from './safetensors.js';
import { badFile } from './safetensors-header.js';
import { checkHash, inModelOrder, weightsIn } from './weights-file.js';

/**
 * The model that `toBytes()` wrote: layers, weights, and how it was compiled.
 *
 * Memory   returns a new model for the caller to dispose
 * Throws   `config-registry`, `config-unknown`, `config-fused`; `model-file` for damaged bytes or weights that are not the model's; `model-newer`; `layer-unknown` and its
 *          like when the registry lacks a plugin
 *
 * @example
 * const model = await modelFromBytes(bytes, { registry });
 */
export async function modelFromBytes<Kind extends Model = Sequential>(
  bytes: Uint8Array,
  options: LoadOptions,
): Promise<Kind> {
  return (await decodeModel(bytes, options, 'modelFromBytes')) as Model as Kind;
}

/** `modelFromBytes`, with errors that speak for another function. */
export async function decodeModel(bytes: Uint8Array, options: LoadOptions, where: string): Promise<Model> {
  checkLoadOptions(where, options);
  if (!(bytes instanceof Uint8Array)) throw badFile(where, 'These are no bytes', 'a Uint8Array', show(bytes));
  const { tensors, metadata } = readSafetensors(bytes, where);
  const description = readModelText(metadata, where);
  const model = new DocumentReader(options).model(description.class, description, where);
  try {
    await model.ready();
    buildWithin(model, description, tensors, where);
    const weights = inModelOrder(model.network.weights(), weightsIn(tensors), (...what) =>
      badFile(where, ...what),
    );
    checkHash(weights, metadata.weightsSha256, where);
    await model.setWeights(weights);
    if (description.compile) model.compile(description.compile as unknown as CompileOptions);
    const optimizer = optimizerIn(tensors, metadata, where);
    if (optimizer) model.importOptimizer(optimizer);
    return model;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

/** Builds, with weights no larger than those of the file. Throws `model-file`, and what layers say of their inputs. */
function buildWithin(
  model: Model,
  description: ModelDescription,
  tensors: readonly NamedArray[],
  where: string,
): void {
  const numbers = weightsIn(tensors).reduce((sum, { data }) => sum + data.length, 0);
  try {
    withinRoom(numbers, () => buildRead(model, description));
  } catch (cause) {
    if (!isOstinatoError(cause, 'weights-room')) throw cause;
    throw badFile(
      where,
      `The weight '${cause.where}' is missing or has another shape`,
      undefined,
      undefined,
      cause,
    );
  }
}

/** A Sequential is built for the shape that it was saved with, without being told it: other lengths may follow. */
function buildRead(model: Model, { inputShape }: ModelDescription): void {
  if (model instanceof Sequential) model.build(inputShape as Shape);
  else model.network.buildAlone();
}

function readModelText(metadata: Readonly<Record<string, string>>, where: string): ModelDescription {
  const { format, formatVersion, model } = metadata;
  if (format !== FORMAT || model === undefined) {
    throw badFile(
      where,
      'The file holds tensors but no model',
      `metadata with format '${FORMAT}'`,
      show(format),
    );
  }
  if (Number(formatVersion) > FORMAT_VERSION) {
    throw new OstinatoError('model-newer', {
      where,
      what: 'The file was written by a newer version of @ostinato/training',
      expected: `format version ${FORMAT_VERSION} or older`,
      received: show(formatVersion),
      fix: 'Update @ostinato/training',
    });
  }
  return readDescription(parseText(model, 'The description of the model', where), where);
}

function parseText(text: string, what: string, where: string): unknown {
  try {
    return parseJson(text, where);
  } catch (cause) {
    if (isOstinatoError(cause)) throw cause;
    throw badFile(where, `${what} is not JSON`, undefined, undefined, cause);
  }
}

/** The optimizer's state, if the file has one. Throws `model-file`. */
function optimizerIn(
  tensors: readonly NamedArray[],
  { optimizer, optimizerSha256 }: Readonly<Record<string, string>>,
  where: string,
): SavedOptimizerState | undefined {
  if (optimizer === undefined) return undefined;
  const json = parseText(optimizer, "The optimizer's state", where);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw badFile(where, "The optimizer's state is no record");
  const slots = tensors
    .filter(({ name }) => name.startsWith(OPTIMIZER))
    .map((slot) => ({ ...slot, name: slot.name.slice(OPTIMIZER.length) }));
  checkHash(slots, optimizerSha256, where);
  return { json: json as JsonObject, tensors: slots };
}

/**
 * A new model from what `toJSON()` gave: its layers and how it was compiled, with initial weights of its seed.
 *
 * Throws   `config-registry`, `config-unknown`, `config-fused`, `model-file`; `layer-unknown` and its like when the registry lacks a plugin
 *
 * @example
 * const twin = modelFromJSON(model.toJSON(), { registry });
 */
export function modelFromJSON<Kind extends Model = Sequential>(json: unknown, options: LoadOptions): Kind {
  const where = 'modelFromJSON';
  checkLoadOptions(where, options);
  const description = readDescription(json, where);
  const model = new DocumentReader(options).model(description.class, description, where);
  try {
    buildRead(model, description);
    if (description.compile) model.compile(description.compile as unknown as CompileOptions);
    return model as Kind;
  } catch (error) {
    model.dispose();
    throw error;
  }
}

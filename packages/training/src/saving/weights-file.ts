/** Weights in a file: with their model or without it. */
import { checkBoolean, checkFields, isOstinatoError, OstinatoError, show, showShape } from '@ostinato/core';
import type { Model } from '../model/model.js';
import type { PlacedParam } from '../model/network.js';
import { readWhole } from '../storage/whole-files.js';
import { hashWeights, type NamedArray } from '../weights.js';
import { OPTIMIZER } from './encode-model.js';
import { readSafetensors, writeSafetensors } from './safetensors.js';
import { badFile } from './safetensors-header.js';

/**
 * Weights as a safetensors file, under their names, with their SHA-256; `loadWeights` reads it.
 *
 * @example
 * const bytes = weightsToBytes(await model.getWeights());
 */
export function weightsToBytes(weights: readonly NamedArray[]): Uint8Array {
  return writeSafetensors({ tensors: weights, metadata: { weightsSha256: hashWeights(weights) } });
}

/**
 * Gives a model the weights of a file, by their paths; all or none. The file may as well be that of a whole model, or
 * another program's. With `strict: false` it takes those whose path and shape fit, and says which.
 *
 * Throws   `model-file` when the file is not there or damaged; `weights-other` when its weights are not the model's; `config-strict`,
 *          `config-unknown`; `not-built`, `model-busy`
 *
 * @example
 * await loadWeights(model, 'runs/best.safetensors');
 */
export async function loadWeights(
  model: Model,
  source: string | Uint8Array,
  options: { readonly strict?: boolean } = {},
): Promise<LoadedWeights> {
  checkFields('loadWeights', options, ['strict']);
  const { strict = true } = options;
  checkBoolean('loadWeights', 'strict', strict);
  const where = typeof source === 'string' ? `loadWeights ${show(source)}` : 'loadWeights';
  const bytes = typeof source === 'string' ? await readFile(source, where) : source;
  if (!(bytes instanceof Uint8Array)) throw badFile(where, 'These are no bytes', 'a Uint8Array', show(bytes));
  const { tensors, metadata } = readSafetensors(bytes, where);
  await model.getWeights(); // builds it, if it can be
  const [wanted, given] = [model.network.weights(), weightsIn(tensors)];
  if (strict) {
    const weights = inModelOrder(wanted, given, otherModel(where));
    checkHash(weights, metadata.weightsSha256, where);
    await model.setWeights(weights);
    return { loaded: weights.map(({ name }) => name), missing: [], unused: [] };
  }
  return loadSome(model, wanted, given);
}

/** Sets the weights that are in the file with the same path and shape, and leaves the others. */
async function loadSome(
  model: Model,
  wanted: readonly PlacedParam[],
  given: readonly NamedArray[],
): Promise<LoadedWeights> {
  const byName = new Map(given.map((tensor) => [tensor.name, tensor]));
  const fits = ({ path, param }: PlacedParam): boolean =>
    byName.has(path) && showShape(byName.get(path)!.shape) === showShape(param.shape);
  const loaded = wanted.filter(fits).map(({ path }) => path);
  const present = await model.getWeights();
  await model.setWeights(
    present.map((weight) => (loaded.includes(weight.name) ? byName.get(weight.name)! : weight)),
  );
  return {
    loaded,
    missing: wanted.map(({ path }) => path).filter((path) => !loaded.includes(path)),
    unused: given.map(({ name }) => name).filter((name) => !loaded.includes(name)),
  };
}

/** What became of each weight, by path. */
export interface LoadedWeights {
  readonly loaded: readonly string[];
  /** Of the model, and not in the file or there of another shape: left as they were. */
  readonly missing: readonly string[];
  /** In the file, and of no use here. */
  readonly unused: readonly string[];
}

/** The weights among a file's tensors; those of an optimizer stand beside them. */
export function weightsIn(tensors: readonly NamedArray[]): NamedArray[] {
  return tensors.filter(({ name }) => !name.startsWith(OPTIMIZER));
}

/** What is said of weights that do not fit. */
export type Misfit = (what: string, expected?: string, received?: string) => OstinatoError;

/** The file is right, and the model is another one than it was written for. */
function otherModel(where: string): Misfit {
  return (what, expected, received) =>
    new OstinatoError('weights-other', {
      where,
      what: `These are not the weights of this model: ${what}`,
      ...(expected === undefined ? {} : { expected }),
      ...(received === undefined ? {} : { received }),
      fix: 'Build the model as it was when they were saved, or take those that fit: `{ strict: false }`',
    });
}

/** The tensors in the order of the model's weights; every one is there, and no other. Throws what `misfit` makes. */
export function inModelOrder(
  wanted: readonly PlacedParam[],
  tensors: readonly NamedArray[],
  misfit: Misfit,
): NamedArray[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const ordered = wanted.map(({ path, param }) => {
    const tensor = byName.get(path);
    if (!tensor) throw misfit(`The weight '${path}' is missing`);
    const [expected, received] = [showShape(param.shape), showShape(tensor.shape)];
    if (received !== expected) throw misfit(`The weight '${path}' has another shape`, expected, received);
    byName.delete(path);
    return tensor;
  });
  const [extra] = byName.keys();
  if (extra !== undefined) throw misfit(`The model has no weight '${extra}'`);
  return ordered;
}

/** Files of other writers may lack the hash. Throws `model-file`. */
export function checkHash(weights: readonly NamedArray[], expected: string | undefined, where: string): void {
  if (expected === undefined) return;
  const received = hashWeights(weights);
  if (received === expected) return;
  throw badFile(where, 'The weights are not those that were saved', `SHA-256 ${expected}`, received);
}

async function readFile(path: string, where: string): Promise<Uint8Array> {
  try {
    return await readWhole(path, where);
  } catch (cause) {
    if (isOstinatoError(cause)) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw badFile(where, `The file cannot be read: ${reason}`, undefined, undefined, cause);
  }
}

/**
 * A training state as one safetensors file under a seal.
 *
 * Tensors are called `weights/…`, `optimizer/…`, `kept/…` and `callbacks/…`; everything else is JSON in the metadata.
 */
import { isOstinatoError, type JsonValue, OstinatoError, show } from '@ostinato/core';
import type { CallbackState } from '../callbacks.js';
import { readSafetensors, writeSafetensors } from '../saving/safetensors.js';
import type { NamedArray } from '../weights.js';
import { fromExactJson, toExactJson } from './exact-json.js';
import { checkSeal, damaged, OPEN_SEAL, seal } from './seal.js';
import { readStateJson, type StateJson } from './state-json.js';
import type { TrainingState } from './training-state.js';

const FORMAT = 'ostinato-training-state';

/** Raised when older readers would misread a file. */
const FORMAT_VERSION = 1;

/** The bytes of a state. */
export function encodeState(state: TrainingState): Uint8Array {
  const { weights, optimizer, kept, callbacks, ...rest } = state;
  const entries = [...callbacks];
  const json: StateJson = {
    ...rest,
    optimizer: optimizer.json,
    callbacks: entries.map(([key, { json, tensors = [] }]) => {
      return { key, json, tensors: tensors.map(({ name }) => name) };
    }),
  };
  const tensors = [
    ...under('weights', weights),
    ...under('optimizer', optimizer.tensors),
    ...under('kept', kept),
    ...entries.flatMap(([key, { tensors = [] }]) => under(`callbacks/${key}`, tensors)),
  ];
  const metadata = {
    ...OPEN_SEAL,
    format: FORMAT,
    formatVersion: String(FORMAT_VERSION),
    state: toExactJson(json),
  };
  return seal(writeSafetensors({ tensors, metadata }));
}

/**
 * The state in a file.
 *
 * Throws   `checkpoint-damaged` for bytes that differ in a single bit, or are none of this kind; `checkpoint-newer`
 */
export function decodeState(bytes: Uint8Array, where: string): TrainingState {
  if (!(bytes instanceof Uint8Array)) throw damaged(where, 'These are no bytes', 'a Uint8Array', show(bytes));
  checkSeal(bytes, where);
  try {
    return decodeSealed(bytes, where);
  } catch (cause) {
    if (isOstinatoError(cause) && cause.code.startsWith('checkpoint-')) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw damaged(
      where,
      `The file is sealed and is no training state: ${reason}`,
      undefined,
      undefined,
      cause,
    );
  }
}

function decodeSealed(bytes: Uint8Array, where: string): TrainingState {
  const { tensors, metadata } = readSafetensors(bytes, where);
  if (metadata.format !== FORMAT)
    throw damaged(where, 'The file is no training state', FORMAT, show(metadata.format));
  if (Number(metadata.formatVersion) > FORMAT_VERSION) throw newer(metadata.formatVersion!, where);
  const { optimizer, callbacks, ...rest } = readStateJson(fromExactJson(metadata.state ?? '', where), where);
  return {
    ...rest,
    weights: below('weights', tensors),
    optimizer: { json: optimizer, tensors: below('optimizer', tensors) },
    kept: below('kept', tensors),
    callbacks: new Map(
      callbacks.map(({ key, json, tensors: names }) => {
        return [key, callbackState(key, json, names, tensors, where)];
      }),
    ),
  };
}

function callbackState(
  key: string,
  json: JsonValue,
  names: readonly string[],
  tensors: readonly NamedArray[],
  where: string,
): CallbackState {
  if (names.length === 0) return { json };
  const own = below(`callbacks/${key}`, tensors);
  const found = names.map((name) => {
    const tensor = own.find((candidate) => candidate.name === name);
    if (tensor) return tensor;
    throw damaged(where, `'${name}' of the callback '${key}' is missing`);
  });
  return { json, tensors: found };
}

function under(prefix: string, tensors: readonly NamedArray[]): NamedArray[] {
  return tensors.map((tensor) => ({ ...tensor, name: `${prefix}/${tensor.name}` }));
}

function below(prefix: string, tensors: readonly NamedArray[]): NamedArray[] {
  const start = `${prefix}/`;
  const found = tensors.filter(({ name }) => name.startsWith(start));
  return found.map((tensor) => ({ ...tensor, name: tensor.name.slice(start.length) }));
}

function newer(version: string, where: string): OstinatoError {
  return new OstinatoError('checkpoint-newer', {
    where,
    what: 'The checkpoint was written by a newer version of @ostinato/training',
    expected: `format version ${FORMAT_VERSION} or older`,
    received: show(version),
    fix: 'Update @ostinato/training',
  });
}

/** The part of a training state that is JSON, and the check that it is that: a sealed file may still be anybody's. */
import type { JsonObject, JsonValue } from '@ostinato/core';
import { damaged } from './seal.js';
import type { TrainingState } from './training-state.js';

/** As it stands in the file. */
export interface StateJson
  extends Pick<
    TrainingState,
    'versions' | 'facts' | 'inputs' | 'cursor' | 'seconds' | 'figures' | 'history'
  > {
  readonly optimizer: JsonObject;
  readonly callbacks: readonly {
    readonly key: string;
    readonly json: JsonValue;
    readonly tensors: readonly string[];
  }[];
}

/** Throws `checkpoint-damaged` with what is missing. */
export function readStateJson(json: JsonValue, where: string): StateJson {
  const state = isObject(json) ? json : {};
  const { cursor, figures } = state;
  const checks: readonly [boolean, string][] = [
    [isObject(state.versions), 'versions'],
    [isObject(state.facts), 'facts'],
    [state.inputs === null || isList(state.inputs, isInput), 'inputs'],
    [
      isObject(cursor) && isCount(cursor.epoch) && isCount(cursor.batch) && isSwitch(cursor.begun),
      'a cursor',
    ],
    [typeof state.seconds === 'number', 'seconds'],
    [figures === null || isFigures(figures), 'figures'],
    [isList(state.history, isEpoch), 'a history'],
    [isObject(state.optimizer), "the optimizer's state"],
    [isList(state.callbacks, isCallback), "the callbacks' states"],
  ];
  const wrong = checks.find(([right]) => !right);
  if (wrong) throw damaged(where, 'The file is sealed and lacks a part of a training state', wrong[1]);
  return state as unknown as StateJson;
}

function isInput(value: unknown): boolean {
  if (!isObject(value) || typeof value.name !== 'string') return false;
  return ['float32', 'int32'].includes(value.dtype as string) && isList(value.shape, isCount);
}

function isFigures(value: unknown): boolean {
  if (!isObject(value)) return false;
  return (
    isNumber(value.loss) && isNumber(value.samples) && isList(value.totals, (row) => isList(row, isNumber))
  );
}

function isEpoch(value: unknown): boolean {
  return isObject(value) && 'loss' in value && 'epoch' in value && Object.values(value).every(isNumber);
}

function isCallback(value: unknown): boolean {
  if (!isObject(value) || value.json === undefined) return false;
  return typeof value.key === 'string' && isList(value.tensors, (name) => typeof name === 'string');
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean';
}

/** An optimizer's state on its way into a file and back. Not here: the file. */
import {
  type Catalogue,
  type JsonObject,
  type JsonValue,
  type LearningRateSchedule,
  type Optimizer,
  OstinatoError,
  type Param,
  type Slots,
  show,
  showShape,
  toIdentifier,
} from '@ostinato/core';
import type { PlacedParam } from '../model/network.js';
import { isIdentifier, resolveSchedule } from '../schedules/resolve-schedule.js';
import { type NamedArray, readAll } from '../weights.js';
import { disposeTensors, tidied } from './kept-tensors.js';

/** What `exportState` gives and `importState` takes. */
export interface SavedOptimizerState {
  /** `{ optimizer, learningRate, steps, updates }` */
  readonly json: JsonObject;
  /** Named `<path of the parameter>/<slot>`. */
  readonly tensors: readonly NamedArray[];
}

/** A saved state that fits an optimizer and its parameters. */
export interface CheckedOptimizerState {
  readonly steps: number;
  readonly updates: number;
  /** Absent when it is the present one. */
  readonly learningRate: number | LearningRateSchedule | undefined;
  readonly slots: ReadonlyMap<Param, Readonly<Record<string, NamedArray>>>;
}

/** What OptimizerState keeps beside an optimizer's own slots, of the parameter's shape. */
const BESIDE = ['average', 'gradientAccumulator'];

/** How the learning rate stands in JSON. */
export function rateJson(optimizer: Optimizer): JsonValue {
  return optimizer.schedule ? toIdentifier(optimizer.schedule) : optimizer.learningRate;
}

/** Copies of all kept tensors, read before anything can overwrite them. */
export function readKept(
  kept: ReadonlyMap<Param, Slots>,
  placed: readonly PlacedParam[],
): Promise<NamedArray[]> {
  const paths = new Map(placed.map(({ path, param }) => [param, path]));
  return readAll(
    [...kept].flatMap(([param, slots]) =>
      Object.entries(slots).map(
        ([slot, tensor]) => [`${paths.get(param) ?? param.path}/${slot}`, tensor] as const,
      ),
    ),
  );
}

/** Throws `optimizer-state` for a state of another optimizer or of other parameters, or for what is no state. */
export function checkSavedState(
  state: SavedOptimizerState,
  params: readonly (PlacedParam | Param)[],
  optimizer: Optimizer,
  known: Catalogue<LearningRateSchedule>,
): CheckedOptimizerState {
  const where = `optimizer ${optimizer.name}`;
  const { json, tensors } = checkParts(state, where);
  if (json.optimizer !== optimizer.name) {
    throw new OstinatoError('optimizer-state', {
      where,
      what: 'This is the state of another optimizer',
      expected: show(optimizer.name),
      received: show(json.optimizer),
      fix: 'Compile the model with the optimizer that the state was saved with',
    });
  }
  const [steps, updates] = [count(json, 'steps', where), count(json, 'updates', where)];
  const slots = sortByParam(tensors, params, where);
  for (const [param, given] of slots) checkSlots(given, param, optimizer, where);
  return { steps, updates, learningRate: savedRate(json.learningRate, optimizer, known, where), slots };
}

function checkParts(state: SavedOptimizerState | null | undefined, where: string): SavedOptimizerState {
  const { json, tensors } = (state ?? {}) as Partial<SavedOptimizerState>;
  if (typeof json === 'object' && json !== null && Array.isArray(tensors) && tensors.every(isNamed))
    return { json, tensors };
  throw unreadable(where, 'This is no state', show(state));
}

function isNamed(tensor: Partial<NamedArray> | null): boolean {
  return typeof tensor?.name === 'string' && Array.isArray(tensor.shape);
}

function count(json: JsonObject, field: string, where: string): number {
  const value = json[field];
  if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
  throw unreadable(where, `\`${field}\` of the state is not a count`, show(value));
}

function savedRate(
  saved: unknown,
  optimizer: Optimizer,
  known: Catalogue<LearningRateSchedule>,
  where: string,
): number | LearningRateSchedule | undefined {
  if (JSON.stringify(saved) === JSON.stringify(rateJson(optimizer))) return undefined;
  if (typeof saved === 'number') return saved;
  if (typeof saved === 'string' || isIdentifier(saved)) return resolveSchedule(saved, known, where);
  throw unreadable(where, 'The state has no learning rate', show(saved));
}

/** The slots of each parameter that has any. */
function sortByParam(
  tensors: readonly NamedArray[],
  params: readonly (PlacedParam | Param)[],
  where: string,
): Map<Param, Record<string, NamedArray>> {
  const byPath = new Map(params.map((one) => [one.path, 'param' in one ? one.param : one]));
  const sorted = new Map<Param, Record<string, NamedArray>>();
  for (const tensor of tensors) {
    const cut = tensor.name.lastIndexOf('/');
    const param = byPath.get(tensor.name.slice(0, cut));
    if (!param) throw unreadable(where, 'The state has a slot of no weight of this model', show(tensor.name));
    const slots = sorted.get(param) ?? Object.create(null);
    slots[tensor.name.slice(cut + 1)] = tensor;
    sorted.set(param, slots);
  }
  return sorted;
}

function checkSlots(
  given: Readonly<Record<string, NamedArray>>,
  param: Param,
  optimizer: Optimizer,
  where: string,
): void {
  const first = tidied(() => optimizer.init(param.tensor));
  const shapes = new Map(Object.entries(first).map(([name, { shape }]) => [name, showShape(shape)]));
  disposeTensors(first);
  for (const name of shapes.keys()) {
    if (!given[name]) throw unreadable(where, 'The state lacks a slot', `no ${param.path}/${name}`);
  }
  for (const name of BESIDE) shapes.set(name, showShape(param.shape));
  for (const [name, { shape, data }] of Object.entries(given)) {
    const wanted = shapes.get(name);
    const fits = showShape(shape) === wanted && data.length === shape.reduce((size, axis) => size * axis, 1);
    if (!fits)
      throw unreadable(where, `The slot ${param.path}/${name} does not fit`, showShape(shape), wanted);
  }
}

function unreadable(where: string, what: string, received: string, expected?: string): OstinatoError {
  return new OstinatoError('optimizer-state', {
    where,
    what,
    received,
    ...(expected === undefined ? {} : { expected }),
    fix: 'Use the state of the same model, compiled with the same options',
  });
}

/** The options of models. */
import {
  checkFields,
  createRng,
  type FusedPolicy,
  OstinatoError,
  type Registry,
  type Shape,
  show,
  unknownName,
} from '@ostinato/core';
import type { ModelData } from '../data/named-arrays.js';

export interface ModelOptions {
  /** Finds kernels and named objects: what `createRegistry` made. */
  readonly registry: Registry;
  /**
   * Origin of the initial weights, of shuffling and of dropout: a whole number from 0. Default 0. A model inside another
   * one has the weights of its own seed; two that should differ need two seeds.
   */
  readonly seed?: number | undefined;
  /** Whether fused kernels are used: where they can, always (else an error), or never. Default 'auto'. */
  readonly fused?: FusedPolicy | undefined;
}

export interface SequentialOptions extends ModelOptions {
  /** Default 'sequential'. */
  readonly name?: string | undefined;
  /** Shape of one sample, e.g. [500]. Left out, the first data show it. */
  readonly inputShape?: Shape | undefined;
}

/** Options of what goes through samples without training. */
export interface RunOptions {
  /** Samples at a time. Default 32. */
  readonly batchSize?: number | undefined;
  /** Ends the call between batches: it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The same for batches, which have their sizes. */
export type BatchesRunOptions = Omit<RunOptions, 'batchSize'>;

export interface EvaluateOptions extends RunOptions {
  readonly sampleWeight?: ModelData | undefined;
}

/** Options with their defaults. */
export interface FullModelOptions {
  readonly registry: Registry;
  readonly seed: number;
  readonly fused: FusedPolicy;
  readonly name: string;
  /** The name, if it was given and not made up. */
  readonly givenName?: string | undefined;
  readonly inputShape?: Shape;
}

const POLICIES: readonly FusedPolicy[] = ['auto', 'required', 'off'];

/** Throws `config-registry`, `rng-seed`, `config-fused`, `config-name`, `config-input-shape`, `config-unknown`. */
export function checkSequentialOptions(options: SequentialOptions): FullModelOptions {
  const where = 'sequential';
  const full = checkModelOptions(options, where, options?.name, ['name', 'inputShape']);
  const { inputShape } = options;
  if (inputShape === undefined) return full;
  if (isShape(inputShape)) return { ...full, inputShape };
  throw notA(where, 'config-input-shape', 'inputShape', 'the sizes of one sample, e.g. [500]', inputShape);
}

/**
 * The options that every model has; `where` is the name of one that is given none. `more`: other fields among them.
 *
 * Throws   `config-registry`, `rng-seed`, `config-fused`, `config-name`, `config-unknown`
 */
export function checkModelOptions(
  options: ModelOptions,
  where: string,
  givenName: string | undefined,
  more: readonly string[] = [],
): FullModelOptions {
  const given: ModelOptions = typeof options === 'object' && options !== null ? options : ({} as never);
  checkFields(where, given, ['registry', 'seed', 'fused', ...more]);
  const { registry, seed = 0, fused = 'auto' } = given;
  checkRegistry(registry, where);
  createRng(seed);
  if (!POLICIES.includes(fused)) {
    throw unknownName('config-fused', { where, kind: 'policy', name: fused, known: POLICIES });
  }
  const name = givenName ?? where;
  if (typeof name !== 'string' || name === '') throw notA(where, 'config-name', 'name', 'a word', givenName);
  return { registry, seed, fused, name, givenName };
}

/** Throws `config-registry`. */
export function checkRegistry(registry: unknown, where: string): asserts registry is Registry {
  if (typeof (registry as Partial<Registry> | null | undefined)?.ready === 'function') return;
  throw new OstinatoError('config-registry', {
    where,
    what: '`registry` is not a registry',
    expected: 'what createRegistry([layers, kernels]) returned',
    received: show(registry),
  });
}

/** Sizes ≥ 1, or null where one is not known. */
export function isShape(value: unknown): value is Shape {
  return (
    Array.isArray(value) &&
    value.every((size) => size === null || (Number.isSafeInteger(size) && (size as number) >= 1))
  );
}

function notA(
  where: string,
  code: string,
  field: string,
  expected: string,
  received: unknown,
): OstinatoError {
  const what = `\`${field}\` is not what it should be`;
  return new OstinatoError(code, { where, what, expected, received: show(received) });
}

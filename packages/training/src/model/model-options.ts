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

export interface SequentialOptions {
  /** Finds kernels and named objects: what `createRegistry` made. */
  readonly registry: Registry;
  /** Origin of the initial weights, of shuffling and of dropout: a whole number from 0. Default 0. */
  readonly seed?: number | undefined;
  /** Whether fused kernels are used: where they can, always (else an error), or never. Default 'auto'. */
  readonly fused?: FusedPolicy | undefined;
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
  readonly inputShape?: Shape;
}

const WHERE = 'sequential';
const POLICIES: readonly FusedPolicy[] = ['auto', 'required', 'off'];

/** Throws `config-registry`, `rng-seed`, `config-fused`, `config-name`, `config-input-shape`, `config-unknown`. */
export function checkSequentialOptions(options: SequentialOptions): FullModelOptions {
  const given: SequentialOptions = typeof options === 'object' && options !== null ? options : ({} as never);
  checkFields(WHERE, given, ['registry', 'seed', 'fused', 'name', 'inputShape']);
  const { registry, seed = 0, fused = 'auto', name = WHERE, inputShape } = given;
  checkRegistry(registry, WHERE);
  createRng(seed);
  if (!POLICIES.includes(fused)) {
    throw unknownName('config-fused', { where: WHERE, kind: 'policy', name: fused, known: POLICIES });
  }
  if (typeof name !== 'string' || name === '') throw notA('config-name', 'name', 'a word', name);
  if (inputShape === undefined) return { registry, seed, fused, name };
  if (!isShape(inputShape)) {
    throw notA('config-input-shape', 'inputShape', 'the sizes of one sample, e.g. [500]', inputShape);
  }
  return { registry, seed, fused, name, inputShape };
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

function notA(code: string, field: string, expected: string, received: unknown): OstinatoError {
  const what = `\`${field}\` is not what it should be`;
  return new OstinatoError(code, { where: WHERE, what, expected, received: show(received) });
}
